/** An error about a weight file. It names the file, so that a caller who reads many knows which. */
export function badFile(file: string, reason: string): Error {
  return new Error(`readWeights: ${file} ${reason}`);
}

/** A name out of a file, made fit for a message: short, in quotes where it holds odd characters. */
export function quoted(name: string): string {
  const short = name.length > 80 ? `${name.slice(0, 79)}…` : name;
  return /^[\w.:/-]+$/.test(short) ? short : JSON.stringify(short);
}

/** The first of many names, and how many there are. */
export function listed(names: readonly string[], most: number): string {
  const more = names.length > most ? ` … (${names.length} in all)` : '';
  return `${names.slice(0, most).map(quoted).join(', ')}${more}`;
}
