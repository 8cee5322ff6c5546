/** A number for a chart in five digits: more than a screen shows, and half the size of a file. */
export function fiveDigits(value: number): number {
  return Number(value.toPrecision(5));
}
