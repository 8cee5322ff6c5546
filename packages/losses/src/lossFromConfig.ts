import { classBalanced } from './classBalanced.js';
import { focal } from './focal.js';
import type { Loss, LossConfig } from './Loss.js';
import { labelSmoothing } from './labelSmoothing.js';
import { plainLosses } from './lossConfig.js';

/**
 * Makes the loss that a `lossConfig` describes.
 *
 * @throws RangeError when the name is of no loss of this package, or a setting out of range.
 *
 * @example
 * ```ts
 * import { klDivergence, lossFromConfig } from '@bcl/losses';
 *
 * lossFromConfig({ name: 'klDivergence' }) === klDivergence; // => true
 * lossFromConfig(JSON.parse('{ "name": "focal", "gamma": 2 }')) instanceof Function; // => true
 * ```
 */
export function lossFromConfig(config: LossConfig): Loss {
  switch (config.name) {
    case 'klDivergence':
    case 'softmaxCrossEntropy':
    case 'sigmoidCrossEntropy':
      return plainLosses[config.name];
    case 'focal':
      return focal(config);
    case 'labelSmoothing':
      return labelSmoothing(lossFromConfig(config.loss), config.epsilon);
    case 'classBalanced':
      return classBalanced(lossFromConfig(config.loss), config.weights);
    default:
      throw new RangeError(
        `lossFromConfig: name must be klDivergence, softmaxCrossEntropy, sigmoidCrossEntropy, focal, labelSmoothing or classBalanced, got ${(config as { name?: unknown }).name}`,
      );
  }
}
