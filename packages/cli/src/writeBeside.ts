import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file beside an older one and puts it in its place: a reader never sees half of it, and of two that write at
 * once the later one stays.
 */
export async function writeBeside(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.${randomUUID()}.writing`;
  try {
    await writeFile(beside, content);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw new Error(`${path} cannot be written: ${(error as Error).message}`);
  }
}
