/** Throws unless a number that somebody set holds what it must. */
export function checkSetting(
  who: string,
  name: string,
  value: number,
  holds: boolean,
  must: string,
): void {
  if (!holds || !Number.isFinite(value)) {
    throw new RangeError(`${who}: ${name} must be ${must}, got ${value}`);
  }
}
