/**
 * How likely an example is mixed at all; the others keep a ratio of 1, that is themselves alone. A number
 * for good; or on from epoch `first` to epoch `last`, both included, and off before and after; or a
 * function of the epoch, which counts from 1.
 */
export type MixChance =
  | number
  | { readonly first?: number; readonly last?: number }
  | ((epoch: number) => number);

/** The chance in an epoch, 0 to 1. */
export function chanceAt(name: string, chance: MixChance, epoch: number): number {
  if (typeof chance === 'object') {
    const { first = 1, last = Number.POSITIVE_INFINITY } = chance;
    if (!(first >= 1 && last >= 0)) {
      throw new RangeError(
        `${name}: chance must be on in epochs counted from 1, got first ${first} and last ${last}`,
      );
    }
    return epoch >= first && epoch <= last ? 1 : 0;
  }
  const drawn = typeof chance === 'function' ? chance(epoch) : chance;
  if (!(drawn >= 0 && drawn <= 1)) {
    throw new RangeError(`${name}: chance must lie in 0..1, got ${drawn}`);
  }
  return drawn;
}
