import { readFile, rename, rm, writeFile } from 'node:fs/promises';

/**
 * Reads a saved list of class names, a JSON array of texts.
 *
 * @returns The list, or `undefined` where there is no such file.
 */
export async function readClassNames(caller: string, file: string): Promise<string[] | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`${caller}: cannot read the class list ${file}: ${(cause as Error).message}`, {
      cause,
    });
  }
  let names: unknown;
  try {
    names = JSON.parse(text);
  } catch (cause) {
    throw new Error(
      `${caller}: the class list ${file} must be a JSON array of names, got what is not JSON: ${(cause as Error).message}`,
      { cause },
    );
  }
  checkClassNames(caller, `the class list ${file}`, names);
  return names;
}

/** Writes a list of class names: beside the place first, then renamed, so that it is never half there. */
export async function writeClassNames(file: string, names: readonly string[]): Promise<void> {
  const beside = `${file}.${process.pid}.new`;
  try {
    await writeFile(beside, `${JSON.stringify(names, null, 2)}\n`);
    await rename(beside, file);
  } finally {
    await rm(beside, { force: true });
  }
}

/** Refuses what is no list of different names. */
export function checkClassNames(
  caller: string,
  what: string,
  names: unknown,
): asserts names is string[] {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string' && name !== '')) {
    throw new TypeError(`${caller}: ${what} must be an array of names`);
  }
  if (names.length === 0) throw new RangeError(`${caller}: ${what} holds no names`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new RangeError(`${caller}: ${what} holds '${name}' more than once`);
    seen.add(name);
  }
}
