import { rename, rm, writeFile } from 'node:fs/promises';

/** Writes a file beside an older one and puts it in its place: a reader never sees half of it. */
export async function writeBeside(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}.writing`;
  try {
    await writeFile(beside, content);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw new Error(`${path} cannot be written: ${(error as Error).message}`);
  }
}
