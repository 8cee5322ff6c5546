import { klDivergence } from './klDivergence.js';
import type { ConfiguredLoss, Loss, LossConfig } from './Loss.js';
import { sigmoidCrossEntropy } from './sigmoidCrossEntropy.js';
import { softmaxCrossEntropy } from './softmaxCrossEntropy.js';

/** The losses without settings. */
export const plainLosses: Record<PlainName, Loss> = {
  klDivergence,
  softmaxCrossEntropy,
  sigmoidCrossEntropy,
};

type PlainName = 'klDivergence' | 'softmaxCrossEntropy' | 'sigmoidCrossEntropy';

/**
 * All that is needed to make a loss again, by `lossFromConfig`: plain JSON.
 *
 * @returns Null for a loss that is not of this package, or has one inside that is not.
 *
 * @example
 * ```ts
 * import { classBalanced, focal, klDivergence, lossConfig } from '@bcl/losses';
 *
 * lossConfig(klDivergence); // => { name: 'klDivergence' }
 * const balanced = classBalanced(focal({ gamma: 2 }), [0.5, 1.5]);
 * lossConfig(balanced); // => { name: 'classBalanced', weights: [0.5, 1.5], loss: { name: 'focal', gamma: 2 } }
 * ```
 */
export function lossConfig(loss: object): LossConfig | null {
  for (const [name, plain] of Object.entries(plainLosses)) {
    if (plain === loss) return { name: name as PlainName };
  }
  return (loss as Partial<ConfiguredLoss>).config ?? null;
}
