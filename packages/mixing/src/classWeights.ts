/** How often each class shall be seen: as often as the others, or as often as the set holds it. */
export type ClassTarget = 'even' | 'set';

/**
 * Weights for `drawPairsFrom`, by class id, that undo or even out what pairing different classes does
 * to their frequencies. Two uniform draws, kept where the classes differ, show class k as a share
 *
 *     qk (1 − qk) / (1 − Σ q²)
 *
 * of all examples, where q is how often it is drawn: its share of the set, unless weighted.
 *
 * - `'even'`: q is alike for all, so every class is seen as often (class-aware sampling);
 * - `'set'`: q is such that the shares come out as they are in the set. No class can be more than half
 *   of the examples in pairs of different classes, so none may be half of the set or more.
 *
 * Weights are for one example, so that a class of n has n times its weight; the largest is 1.
 *
 * @param labels Class ids of the whole set. Classes that it lacks get weight 0.
 * @throws RangeError when a class of the set is too large for `'set'`.
 *
 * @example
 * ```ts
 * import { classWeights } from '@bcl/mixing';
 *
 * const labels = [0, 0, 0, 0, 1, 1, 2];
 * classWeights(labels, 'even'); // => [0.25, 0.5, 1]
 * ```
 */
export function classWeights(labels: ArrayLike<number>, target: ClassTarget): Float64Array {
  if (target !== 'set' && target !== 'even') {
    throw new RangeError(`classWeights: target must be 'even' or 'set', got '${target}'`);
  }
  const counts = countClasses(labels);
  const shares = counts.map((n) => n / labels.length);
  const drawn = target === 'set' ? drawnFor(shares) : counts.map((n) => Math.min(n, 1));
  const weights = drawn.map((q, k) => (counts[k] ? q / (counts[k] as number) : 0));
  const largest = Math.max(...weights);
  return Float64Array.from(weights, (weight) => weight / largest);
}

function countClasses(labels: ArrayLike<number>): number[] {
  if (labels.length === 0) throw new RangeError('classWeights: labels must be given, got none');
  const counts: number[] = [];
  for (let i = 0; i < labels.length; i++) {
    const id = labels[i] as number;
    if (!(Number.isInteger(id) && id >= 0)) {
      throw new RangeError(
        `classWeights: class ids must be integers of at least 0, got ${id} at ${i}`,
      );
    }
    counts[id] = (counts[id] ?? 0) + 1;
  }
  return Array.from(counts, (n) => n ?? 0);
}

/**
 * q with q (1 − q) = c s for the shares s and the c at which q sums to 1. Each q is the smaller root,
 * but where even the largest c leaves them below 1 together, the largest class's is the other one.
 */
function drawnFor(shares: readonly number[]): number[] {
  const largest = Math.max(...shares);
  const present = shares.filter((share) => share > 0).length;
  if (!(largest < 0.5 || (largest === 0.5 && present === 2))) {
    throw new RangeError(
      `classWeights: every class must be less than half of the set to be seen as often in pairs, got ${largest} for class ${shares.indexOf(largest)}; use 'even', or weights of your own`,
    );
  }
  const roots = (c: number, beyond: boolean) =>
    shares.map((share) => {
      const apart = Math.sqrt(Math.max(0, 1 - 4 * c * share));
      return share === largest && beyond ? (1 + apart) / 2 : (1 - apart) / 2;
    });
  const sum = (q: number[]) => q.reduce((total, each) => total + each, 0);
  let [low, high] = [0, 1 / (4 * largest)];
  const beyond = sum(roots(high, false)) < 1;
  for (let i = 0; i < 100; i++) {
    const c = (low + high) / 2;
    if (sum(roots(c, beyond)) < 1 !== beyond) low = c;
    else high = c;
  }
  return roots((low + high) / 2, beyond);
}
