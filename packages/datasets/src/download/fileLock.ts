import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';

/** Between two looks at a lock that another process holds, milliseconds. */
const LOOK_EVERY = 200;

/** A lock that its holder has not renewed for so long belongs to a process that is gone; milliseconds. */
export const STALE_LOCK = 10_000;

export interface FileLockOptions {
  readonly signal: AbortSignal | undefined;
  /** Without being renewed for so long a lock counts as left behind, milliseconds, at least 2000. */
  readonly stale: number;
  /** Told once when another process holds the lock. */
  readonly onWait: () => void;
}

/**
 * Does `use` while no other process does the same for `path`: waits until they are done, and takes over
 * the lock of one that was killed.
 *
 * @param use Gets a signal that is raised when the caller's is, or when the lock was lost.
 */
export async function withFileLock<T>(
  path: string,
  { signal, stale, onWait }: FileLockOptions,
  use: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const release = await take();
  try {
    return await use(signal ? AbortSignal.any([signal, lost.signal]) : lost.signal);
  } finally {
    // One that was lost is another's by now.
    if (!lost.signal.aborted) await release();
  }

  async function take(): Promise<() => Promise<void>> {
    for (let first = true; ; first = false) {
      signal?.throwIfAborted();
      try {
        return await lock(path, {
          realpath: false,
          lockfilePath: `${path}.lock`,
          stale,
          onCompromised: (error) =>
            lost.abort(
              new Error(
                `download: lost the lock ${path}.lock to another process (${error.message}); was this one asleep? Start again`,
                { cause: error },
              ),
            ),
        });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') {
          throw new Error(
            `download: cannot lock ${path}.lock: ${(error as Error).message}; may this user write there? BCL_HOME names another folder`,
            { cause: error },
          );
        }
      }
      if (first) onWait();
      await sleep(LOOK_EVERY, undefined, signal ? { signal } : {});
    }
  }
}
