import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The first of these paths in `folder` where there is a file; nothing when there is none. */
export async function findFile(
  folder: string,
  paths: readonly string[],
): Promise<string | undefined> {
  for (const path of paths) {
    const whole = join(folder, path);
    const isFile = await stat(whole).then(
      (info) => info.isFile(),
      () => false,
    );
    if (isFile) return whole;
  }
  return undefined;
}
