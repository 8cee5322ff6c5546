import type { Draw } from './drawPairs.js';

/** Both labels of each mix and the share of the first. */
export interface LabelPairs {
  readonly labelA: Int32Array;
  readonly labelB: Int32Array;
  /** Share of `labelA`. */
  readonly ratio: Float32Array;
  /** Where three are mixed; `labelB` has what both other shares leave. */
  readonly labelC?: Int32Array;
  /** Share of `labelC`. */
  readonly ratioC?: Float32Array;
}

/**
 * The labels of mixes as class ids, for a loss `ratio · loss(A) + (1 − ratio) · loss(B)`, which needs no
 * rows over classes.
 *
 * @param labels Class ids that the draw's indices mean: of the batch, or of the set.
 * @param draw From `drawPairs`, `drawPairsFrom` or a `Mixer`.
 * @throws RangeError when the draw names an example that has no label.
 *
 * @example
 * ```ts
 * import { drawPairs, labelPairs } from '@bcl/mixing';
 * import { createRandom } from '@bcl/random';
 *
 * const labels = [3, 8];
 * const draw = drawPairs(labels, { random: createRandom(1), ratio: 0.75 });
 * labelPairs(labels, draw); // => { labelA: [3, 8], labelB: [8, 3], ratio: [0.75, 0.75] }
 * ```
 */
export function labelPairs(
  labels: ArrayLike<number>,
  { first, partner, ratio, third }: Draw,
): LabelPairs {
  const label = (i: number) => {
    const id = labels[i];
    if (id === undefined) {
      throw new RangeError(
        `labelPairs: each index must have a label, got ${i} of ${labels.length}`,
      );
    }
    return id;
  };
  const pairs = {
    labelA: Int32Array.from(partner, (_, i) => label(first ? (first[i] as number) : i)),
    labelB: partner.map(label),
    ratio,
  };
  if (!third) return pairs;
  return { ...pairs, labelC: third.partner.map(label), ratioC: third.ratio };
}
