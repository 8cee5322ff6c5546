import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The first of `parent/name-1`, `parent/name-2`, … that is not there yet. */
export function nextFreeFolder(parent: string, name: string): string {
  let n = 1;
  while (existsSync(join(parent, `${name}-${n}`))) n++;
  return join(parent, `${name}-${n}`);
}
