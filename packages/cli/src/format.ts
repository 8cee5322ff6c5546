/** A share as `93.21 %`. */
export function percent(share: number, digits = 2): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** A whole number as `50 000`. */
export function count(n: number): string {
  return n.toLocaleString('en').replaceAll(',', ' ');
}

/** A size as `170 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** A time as `45 s`, `2 min 5 s` or `1 h 20 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/** How the reader calls this program: by its name, or through `npm start`. */
export function invocation(): string {
  return process.env.npm_lifecycle_event === 'start' ? 'npm start --' : 'bcl';
}

/** A word for a shell, quoted where it must be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Writes a line for the reader. */
export function say(line = ''): void {
  process.stdout.write(`${line}\n`);
}
