import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkFile } from './checkFile.js';
import type { PublishedFile } from './publishedFiles.js';
import { discard, FinalAnswer, LaterAnswer, OtherFile, type Partial, receive } from './receive.js';

export interface TransferOptions {
  readonly url: string;
  readonly signal: AbortSignal;
  /** How often to try again after a failure that brought nothing new. */
  readonly retries: number;
  /** Time before the first of those, milliseconds. */
  readonly retryDelay: number;
  /** Longest silence of the server, milliseconds. */
  readonly timeout: number;
  readonly tell: (
    state: 'waiting' | 'receiving' | 'checking',
    received: number,
    problem?: string,
  ) => void;
}

/** Longest time between two tries, milliseconds. */
const LONGEST_DELAY = 30_000;

/** So many new bytes, and the tries are counted anew: a bad line brings a large file in many parts. */
const PROGRESS = 2 ** 20;

/** What the system says when a file cannot be written, however often one tries. */
const DISK_ERRORS = new Set([
  'EACCES',
  'EDQUOT',
  'EFBIG',
  'EIO',
  'EISDIR',
  'ENOSPC',
  'EPERM',
  'EROFS',
]);

/** Brings the whole file, with the right checksums, into the partial one; tries again as often as that may help. */
export async function transfer(
  file: PublishedFile,
  partial: Partial,
  options: TransferOptions,
): Promise<void> {
  const { url, signal, retries, retryDelay, timeout, tell } = options;
  let received = 0;
  let counted = 0;
  let failures = 0;
  let begunAnew = false;
  const onBytes = (now: number) => {
    received = now;
    tell('receiving', now);
  };
  for (;;) {
    signal.throwIfAborted();
    try {
      await receive(file, partial, { url, signal, timeout, onBytes });
      tell('checking', file.bytes);
      const fault = await checkFile(partial.path, file, signal);
      if (fault === undefined) return;
      throw new OtherFile(`${url} gave another file: expected ${fault}`);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof OtherFile) await discard(partial);
      const again = error instanceof OtherFile ? !begunAnew : isPassing(error);
      begunAnew ||= error instanceof OtherFile;
      if (received - counted >= PROGRESS) {
        counted = received;
        failures = 0;
      }
      failures++;
      if (!again || failures > retries) throw failed(file, partial, error);
      const asked = error instanceof LaterAnswer ? (error.after ?? 0) * 1000 : 0;
      const delay = Math.max(asked, retryDelay * 2 ** (failures - 1));
      tell('waiting', received, messageOf(error));
      await sleep(Math.min(LONGEST_DELAY, delay), undefined, { signal });
    }
  }
}

/** Whether trying again may help. */
function isPassing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return !(error instanceof FinalAnswer || DISK_ERRORS.has(code));
}

/** What an error says; that of several addresses tried has no words, but a code. */
function messageOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || String(code);
}

function failed(file: PublishedFile, partial: Partial, error: unknown): Error {
  return new Error(
    `download: cannot get ${file.name}: ${messageOf(error)}; try again later, name another place as mirror, or put the file into ${dirname(partial.path)} yourself`,
    { cause: error },
  );
}
