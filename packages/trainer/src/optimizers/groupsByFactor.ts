import type { WeightGroup } from './WeightGroup.js';

/**
 * Groups of weights from a learning rate factor for each, such as those by which the layers of a
 * pretrained network learn more slowly than its new head.
 *
 * @param factors Factors under the names of the weights. Weights not named keep the whole rate.
 * @returns For the option `groups` of an optimizer, one for each factor.
 *
 * @example
 * ```ts
 * import { groupsByFactor } from '@bcl/trainer';
 *
 * const groups = groupsByFactor({ 'conv1/kernel': 0.1, 'conv2/kernel': 0.1, 'fc/kernel': 1 });
 * groups; // => [{ weights: ['conv1/kernel', 'conv2/kernel'], factor: 0.1 }]
 * ```
 */
export function groupsByFactor(factors: Readonly<Record<string, number>>): WeightGroup[] {
  const byFactor = new Map<number, string[]>();
  for (const [name, factor] of Object.entries(factors)) {
    if (factor === 1) continue;
    byFactor.set(factor, [...(byFactor.get(factor) ?? []), name]);
  }
  return [...byFactor].map(([factor, weights]) => ({ weights, factor }));
}
