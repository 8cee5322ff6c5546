import { type FileHandle, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type HttpAnswer, httpGet } from './httpGet.js';
import type { PublishedFile } from './publishedFiles.js';

/** A file on its way: its first bytes, and where they came from. */
export interface Partial {
  /** The file with the first bytes. */
  readonly path: string;
  /** A file that tells the address and how to know that the bytes there are still the same. */
  readonly notePath: string;
}

export interface ReceiveOptions {
  readonly url: string;
  readonly signal: AbortSignal;
  /** Longest silence of the server, milliseconds. */
  readonly timeout: number;
  /** Told how many bytes are here, again and again. */
  readonly onBytes: (received: number) => void;
}

/** An answer that asking again will not better. */
export class FinalAnswer extends Error {}

/** An answer that asking again later may better. */
export class LaterAnswer extends Error {
  /** Seconds after which the server wants to be asked again. */
  readonly after: number | undefined;

  constructor(message: string, after?: number) {
    super(message);
    this.after = after;
  }
}

/** An answer that does not go together with the bytes that are here already. */
export class OtherFile extends Error {}

interface Note {
  readonly url: string;
  /** The entity tag, or the date, that the server gave with the bytes. */
  readonly validator?: string;
}

/**
 * Asks once for what is missing of `file` and adds what comes to the partial file, so that whatever cuts
 * this off, the next call goes on from there. Begins anew where the server has other bytes by now, or
 * cannot give a part.
 *
 * @throws FinalAnswer, LaterAnswer, or what the connection died of.
 */
export async function receive(
  file: PublishedFile,
  partial: Partial,
  options: ReceiveOptions,
): Promise<void> {
  const { url, signal, timeout } = options;
  const held = await sizeOf(partial.path);
  if (held === file.bytes) return;
  const note = held > 0 ? await readNote(partial.notePath) : undefined;
  const from = note && held < file.bytes ? held : 0;
  const headers: Record<string, string> = {};
  if (from > 0) headers.range = `bytes=${from}-`;
  // Another address has tags of its own; the checksum will tell.
  if (from > 0 && note?.validator && note.url === url) headers['if-range'] = note.validator;
  const answer = await httpGet(url, { headers, signal, timeout });
  try {
    const start = checkAnswer(file, answer, url, from);
    if (start === 0) await writeNote(partial.notePath, { url, ...validatorOf(answer) });
    await append(file, partial.path, start, answer, options);
  } finally {
    answer.body.on('error', () => {}).destroy();
  }
}

/** Forgets what has come. */
export async function discard({ path, notePath }: Partial): Promise<void> {
  await rm(path, { force: true });
  await rm(notePath, { force: true });
}

/** The byte that an answer begins at; refuses one that is not this file. */
function checkAnswer(file: PublishedFile, answer: HttpAnswer, url: string, from: number): number {
  const { status, header } = answer;
  if (status === 416) {
    // Asked for more than there is: what is here cannot be a part of it.
    throw new OtherFile(`${url} has no more than ${from} bytes, expected ${file.bytes}`);
  }
  if (status !== 200 && status !== 206) {
    const what = `${url} answered ${status}`;
    const later = status >= 500 || status === 408 || status === 425 || status === 429;
    if (!later) throw new FinalAnswer(what);
    const after = Number(header('retry-after'));
    throw new LaterAnswer(what, Number.isFinite(after) ? after : undefined);
  }
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header('content-range') ?? '');
  const start = status === 206 ? Number(range?.[1] ?? Number.NaN) : 0;
  if (start !== from && start !== 0) {
    throw new OtherFile(`${url} gave a part from byte ${start}, asked for ${from}`);
  }
  const length = header('content-length');
  const total = length === undefined ? undefined : start + Number(length);
  if (total !== undefined && total !== file.bytes) {
    throw new FinalAnswer(
      `${url} offers ${total} bytes, expected the ${file.bytes} of ${file.name}: that is another file`,
    );
  }
  return start;
}

/** Writes what comes behind the first `start` bytes. */
async function append(
  file: PublishedFile,
  path: string,
  start: number,
  { body }: HttpAnswer,
  { url, onBytes }: ReceiveOptions,
): Promise<void> {
  const to: FileHandle = await open(path, start === 0 ? 'w' : 'a');
  let received = start;
  try {
    onBytes(received);
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      if (received + piece.length > file.bytes) {
        throw new FinalAnswer(
          `${url} gave more than the ${file.bytes} bytes of ${file.name}: that is another file`,
        );
      }
      await to.writeFile(piece);
      received += piece.length;
      onBytes(received);
    }
    if (received < file.bytes) {
      throw new LaterAnswer(`${url} ended after ${received} of ${file.bytes} bytes`);
    }
    // On disk before it gets its name.
    await to.sync();
  } finally {
    await to.close();
  }
}

function validatorOf({ header }: HttpAnswer): { validator?: string } {
  const etag = header('etag');
  // A weak tag does not promise the same bytes.
  const validator = etag && !etag.startsWith('W/') ? etag : header('last-modified');
  return validator ? { validator } : {};
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function readNote(path: string): Promise<Note | undefined> {
  try {
    const note = JSON.parse(await readFile(path, 'utf8')) as Note;
    return typeof note?.url === 'string' ? note : undefined;
  } catch {
    return undefined;
  }
}

async function writeNote(path: string, note: Note): Promise<void> {
  await writeFile(path, JSON.stringify(note));
}
