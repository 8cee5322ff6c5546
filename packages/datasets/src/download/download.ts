import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkCount, show } from '../dataset.js';
import { cacheFolder } from './cacheFolder.js';
import { STALE_LOCK, withFileLock } from './fileLock.js';
import type { PublishedFile } from './publishedFiles.js';
import { discard } from './receive.js';
import { transfer } from './transfer.js';

/** How a download goes. */
export interface DownloadProgress {
  /** The file. */
  readonly name: string;
  /** `'waiting'` for another process that downloads the same, or for the next try; `'checking'` the checksum. */
  readonly state: 'waiting' | 'receiving' | 'checking';
  /** Bytes that are here. */
  readonly received: number;
  /** Bytes of the whole file. */
  readonly total: number;
  /** What went wrong, while the next try is waited for. */
  readonly problem?: string;
}

export interface DownloadOptions {
  /** The folder to keep it in. Default {@link cacheFolder}. */
  readonly folder?: string;
  /** Another place that has the files under their names, such as `https://mirror.example/cifar/`. */
  readonly mirror?: string;
  /** Told again and again how it goes. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Stops it; what has come is kept, and the next download goes on from there. */
  readonly signal?: AbortSignal;
  /** How often to try again after a failure that brought nothing new. Default 5. */
  readonly retries?: number;
  /** Time before the first of those, milliseconds, twice as long before each further one. Default 500. */
  readonly retryDelay?: number;
  /** Longest silence of the server, milliseconds. Default 30 000. */
  readonly timeout?: number;
  /** After this time without a sign of life another process's lock is taken over, milliseconds. Default 10 000. */
  readonly staleLock?: number;
}

/**
 * Downloads a published file once: what is in the folder already is not asked for again.
 *
 * A connection that breaks is taken up where it broke, also by a later process. Bytes go to a `.part`
 * file, which gets the file's name when its size and checksums are right, and not before. Processes that
 * want the same file take turns.
 *
 * @returns The path of the whole file.
 * @throws Error when the address has another file or none, or does not answer; the message names it and the
 * way out. The signal's reason when that is raised.
 *
 * @example
 * ```js
 * const path = await download(file, { onProgress: ({ received, total }) => console.log(received / total) });
 * ```
 */
export async function download(
  file: PublishedFile,
  options: DownloadOptions = {},
): Promise<string> {
  const { folder = cacheFolder(), signal, retries = 5, retryDelay = 500 } = options;
  const { timeout = 30_000, staleLock = STALE_LOCK } = options;
  if (retries !== 0) checkCount('download', 'retries', retries);
  const url = addressOf(file, options.mirror);
  const path = join(folder, file.name);
  if (await isThere(path, file)) return path;
  await mkdir(folder, { recursive: true }).catch((error: Error) => {
    throw new Error(
      `download: cannot make the folder ${folder}: ${error.message}; name one of yours by BCL_HOME`,
      { cause: error },
    );
  });
  const tell = (state: DownloadProgress['state'], received: number, problem?: string) =>
    options.onProgress?.({
      name: file.name,
      state,
      received,
      total: file.bytes,
      ...(problem === undefined ? {} : { problem }),
    });
  const lock = { signal, stale: staleLock, onWait: () => tell('waiting', 0) };
  await withFileLock(path, lock, async (held) => {
    if (await isThere(path, file)) return;
    const partial = { path: `${path}.part`, notePath: `${path}.part.json` };
    await transfer(file, partial, { url, signal: held, retries, retryDelay, timeout, tell });
    await rename(partial.path, path);
    await discard(partial);
  });
  return path;
}

/** Where to get a file. */
function addressOf({ name, url }: PublishedFile, mirror: string | undefined): string {
  if (mirror === undefined) return url;
  try {
    const base = new URL(mirror);
    if (!/^https?:$/.test(base.protocol)) throw new TypeError(`${base.protocol} is not http`);
    if (base.pathname.endsWith(`/${name}`)) return mirror;
    return new URL(name, mirror.endsWith('/') ? mirror : `${mirror}/`).href;
  } catch (error) {
    throw new TypeError(
      `download: mirror must be an address such as https://mirror.example/cifar/, got ${show(mirror)}`,
      { cause: error },
    );
  }
}

/** Whether the whole file is there; it got its name only after its checksums were right. */
async function isThere(path: string, file: PublishedFile): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile() && info.size === file.bytes,
    () => false,
  );
}
