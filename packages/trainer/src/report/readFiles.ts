import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A file's bytes, or undefined where there is none. */
export async function readBytes(folder: string, name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A file's text, or undefined where there is none. */
export async function readText(folder: string, name: string): Promise<string | undefined> {
  return (await readBytes(folder, name))?.toString('utf8');
}

/** JSON's value; `where` begins the error where it is none. */
export function parseJson(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${where} must be JSON: ${(error as Error).message}`);
  }
}
