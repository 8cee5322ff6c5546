import { mkdir, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type LockOptions, lock } from 'proper-lockfile';
import { ownMark, type ProcessMark, processAlive } from './processAlive.js';
import { writeBeside } from './writeBeside.js';

/** The process that writes a folder. */
interface Owner extends ProcessMark {
  host: string;
  /** ISO 8601. */
  since: string;
}

/** A folder that no other process may write. */
export interface FolderLock {
  /** Throws when another process has taken the folder over. */
  check(): void;
  release(): Promise<void>;
}

/** After so many milliseconds without a sign of life a lock of another machine counts for nothing. */
const FORGOTTEN = 600_000;
/** The same where the process that held it is known to be gone; the least that the library admits. */
const GONE = 2_000;
/** Milliseconds for which a process that is still there may just be dying. */
const DYING = 500;
/** Milliseconds from sign of life to sign of life. */
const SIGN = 10_000;

/**
 * Locks a folder against other processes, by `lock/` in it and `lock.json`, which says whose it is.
 * A lock whose process was killed is taken over: at once, within two seconds, where it ran on this
 * machine; else after ten minutes without a sign of life.
 *
 * @param who Begins the message when another process has the lock.
 * @param sign Milliseconds from sign of life to sign of life.
 * @throws Error when another process has it, which it names.
 */
export async function lockFolder(
  folder: string,
  who: string,
  sign: number = SIGN,
): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const lockfilePath = join(folder, 'lock');
  const ownerPath = join(folder, 'lock.json');
  let lost = false;
  const onCompromised = () => {
    lost = true;
  };
  const unlock = await take(folder, who, ownerPath, {
    lockfilePath,
    realpath: false,
    update: sign,
    onCompromised,
  });
  const owner: Owner = { ...ownMark(), host: hostname(), since: new Date().toISOString() };
  try {
    await writeBeside(ownerPath, `${JSON.stringify(owner)}\n`);
  } catch (error) {
    await unlock();
    throw error;
  }
  return {
    check() {
      if (lost)
        throw new Error(`${who}: another process has taken ${folder} over; stop one of them`);
    },
    async release() {
      if (lost) return;
      await rm(ownerPath, { force: true });
      await unlock();
    },
  };
}

/** Takes the lock, where need be as soon as that of a process that is gone counts for nothing. */
async function take(
  folder: string,
  who: string,
  ownerPath: string,
  options: LockOptions & { lockfilePath: string },
): Promise<() => Promise<void>> {
  const begun = Date.now();
  for (;;) {
    const owner = await readOwner(ownerPath);
    const gone = owner !== null && owner.host === hostname() && !processAlive(owner);
    try {
      return await lock(folder, { ...options, stale: gone ? GONE : FORGOTTEN });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      // A process takes a moment to die.
      if (Date.now() - begun > (gone ? 2 * GONE : DYING)) {
        throw new Error(
          `${who}: ${folder} is being written by ${name(owner, options.lockfilePath)}`,
        );
      }
      await setTimeout(200);
    }
  }
}

async function readOwner(path: string): Promise<Owner | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Owner;
  } catch {
    return null;
  }
}

function name(owner: Owner | null, lockfilePath: string): string {
  const wayOut = `wait for it to end, or stop it; where there is none, remove ${lockfilePath}`;
  if (!owner) return `another process; ${wayOut}`;
  const { pid, host, since } = owner;
  const own = pid === process.pid && host === hostname();
  return own ? 'this process already' : `process ${pid} on ${host} since ${since}; ${wayOut}`;
}
