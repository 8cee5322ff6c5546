import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, type PublishedFile } from '@bcl/datasets';

/** What is here of a published file. */
export interface FileState {
  readonly path: string;
  /** `'here'`, begun, or not there at all. */
  readonly state: 'here' | 'begun' | 'absent';
  /** Bytes that are here. */
  readonly bytes: number;
}

/** Looks for a file in the cache. */
export async function stateOf(file: PublishedFile): Promise<FileState> {
  const path = join(cacheFolder(), file.name);
  const whole = await sizeOf(path);
  if (whole !== undefined) return { path, state: 'here', bytes: whole };
  const begun = await sizeOf(`${path}.part`);
  if (begun !== undefined) return { path, state: 'begun', bytes: begun };
  return { path, state: 'absent', bytes: 0 };
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}
