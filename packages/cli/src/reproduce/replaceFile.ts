import { rename, writeFile } from 'node:fs/promises';

/** Writes a file beside the old one and puts it in its place. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.writing`, text);
  await rename(`${path}.writing`, path);
}
