import { setTimeout as sleep } from 'node:timers/promises';
import { type HttpAnswer, httpGet } from '../download/httpGet.js';
import { FinalAnswer, LaterAnswer } from '../download/receive.js';

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** How often to try again after a failure that brought nothing new. */
  readonly retries: number;
  /** Time before the first of those, milliseconds; it doubles. */
  readonly retryDelay: number;
  /** Longest silence of the server, milliseconds. */
  readonly timeout: number;
}

/** A server did not give what it was asked for. */
export class FetchFailure extends Error {}

/** Longest time between two tries, milliseconds. */
const LONGEST_DELAY = 30_000;

/** What is known of a file of which a part has come. */
interface Progress {
  received: number;
  /** Bytes in all, where the server told. */
  total: number | undefined;
  /** Its entity tag or date. */
  validator: string | undefined;
}

/**
 * The bytes of an address as they come. A connection that breaks is taken up where it broke, as long as the file has not
 * changed there.
 *
 * @throws FetchFailure when the server has no such file, keeps failing, or has another file by now.
 */
export async function* fetchPieces(
  caller: string,
  url: string,
  options: FetchOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { signal, retries, retryDelay } = options;
  const progress: Progress = { received: 0, total: undefined, validator: undefined };
  let failures = 0;
  for (;;) {
    const before = progress.received;
    try {
      yield* fetchRest(url, progress, options);
      return;
    } catch (error) {
      signal.throwIfAborted();
      failures = progress.received > before ? 1 : failures + 1;
      if (error instanceof FinalAnswer || failures > retries) {
        const { message, code } = error as NodeJS.ErrnoException;
        throw new FetchFailure(
          `${caller}: cannot read ${url}: ${message || code}, after ${progress.received} bytes`,
          { cause: error },
        );
      }
      const asked = error instanceof LaterAnswer ? (error.after ?? 0) * 1000 : 0;
      const delay = Math.max(asked, retryDelay * 2 ** (failures - 1));
      await sleep(Math.min(LONGEST_DELAY, delay), undefined, { signal });
    }
  }
}

/** What is missing, asked for once. */
async function* fetchRest(
  url: string,
  progress: Progress,
  { signal, timeout }: FetchOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { received, validator } = progress;
  const headers: Record<string, string> = {};
  if (received > 0) headers.range = `bytes=${received}-`;
  if (received > 0 && validator) headers['if-range'] = validator;
  const answer = await httpGet(url, { headers, signal, timeout });
  try {
    // A server that gives no parts gives all: what is known already is passed over.
    let known = received - checkAnswer(answer, progress);
    for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
      const fresh = piece.subarray(Math.min(known, piece.length));
      known -= piece.length - fresh.length;
      progress.received += fresh.length;
      if (fresh.length > 0) yield fresh;
    }
    if (progress.total !== undefined && progress.received < progress.total) {
      throw new LaterAnswer(`it ended before its ${progress.total} bytes`);
    }
  } finally {
    answer.body.on('error', () => {}).destroy();
  }
}

/** The byte that an answer begins at; refuses one that is no part of the same file. */
function checkAnswer({ status, header }: HttpAnswer, progress: Progress): number {
  if (status !== 200 && status !== 206) {
    const later = status >= 500 || status === 408 || status === 425 || status === 429;
    const after = Number(header('retry-after'));
    const what = `the server answered ${status}`;
    if (!later) throw new FinalAnswer(what);
    throw new LaterAnswer(what, Number.isFinite(after) ? after : undefined);
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header('content-range') ?? '');
  const start = status === 206 ? Number(range?.[1] ?? Number.NaN) : 0;
  if (start !== 0 && start !== progress.received) {
    throw new FinalAnswer(`asked for what follows byte ${progress.received}, it gave ${start}`);
  }
  const length = header('content-length');
  const total = length === undefined ? undefined : start + Number(length);
  const etag = header('etag');
  // A weak tag does not promise the same bytes.
  const validator = etag && !etag.startsWith('W/') ? etag : header('last-modified');
  const changed = progress.validator !== validator || progress.total !== total;
  if (progress.received > 0 && changed) {
    throw new FinalAnswer('the file has changed there meanwhile');
  }
  progress.total = total;
  progress.validator = validator;
  return start;
}
