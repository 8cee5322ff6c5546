/** Refuses counts of which no weights can be made. */
export function checkCounts(name: string, counts: ArrayLike<number>): number[] {
  const list = Array.from(counts);
  if (list.length === 0) throw new RangeError(`${name}: counts must be one a class, got none`);
  const wrong = list.findIndex((count) => !(Number.isFinite(count) && count > 0));
  if (wrong >= 0) {
    throw new RangeError(
      `${name}: counts must be numbers above 0, got ${list[wrong]} for class ${wrong}; count over the whole training set, or leave the class out`,
    );
  }
  return list;
}

/** Weights scaled to sum to their number, so that their mean is 1. */
export function normalised(weights: number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => (weight / sum) * weights.length);
}
