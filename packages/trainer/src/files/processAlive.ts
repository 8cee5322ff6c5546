import { readFileSync } from 'node:fs';

/** What tells a process from a later one of the same number. */
export interface ProcessMark {
  pid: number;
  /** When it began, in the system's own units; null where the system does not say. */
  born: string | null;
}

/** The mark of this process. */
export function ownMark(): ProcessMark {
  return { pid: process.pid, born: seen(process.pid)?.born ?? null };
}

/**
 * Whether a process runs: not one that ended and is only still listed, nor another one that was
 * given its number since, where the system says so (Linux). One of another user does.
 */
export function processAlive({ pid, born }: ProcessMark): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = seen(pid);
  if (!now) return true;
  return !['Z', 'X'].includes(now.state) && (born === null || born === now.born);
}

/** State and birth of a process as `/proc` tells them; its name may hold anything, so count from its end. */
function seen(pid: number): { state: string; born: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] as string, born: fields[19] as string };
  } catch {
    return null;
  }
}
