import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type LayerMatch, matchLayers } from './layerMatch.js';

/** Layers that learn at their own pace. */
export interface LearningRateRule {
  /** Which layers: a name, a stage such as `'layer1'`, a pattern with `*`, a regular expression, a function, or several. */
  match: LayerMatch;
  /** What the learning rate is multiplied by for them, from 0 up. */
  factor: number;
}

/**
 * A factor of the learning rate for each weight, so that the layers of a pretrained network move less than its new head. With our
 * trainer: `sgd({ learningRate, groups: groupsByFactor(learningRateFactors(model, rules)) })`.
 *
 * @param rules Where several hold a layer, the last counts. Weights that none holds are left out, which is a factor of 1.
 * @returns Factors under the names of the weights in a saved model, `layer1.0.conv1/kernel`; of those that are trained now.
 * @throws RangeError for a factor below 0 and for a rule that fits no layer with weights.
 *
 * @example
 * ```ts
 * import { convnet, learningRateFactors } from '@bcl/models';
 *
 * const model = convnet({ classes: 2, inputShape: [8, 8, 3] });
 * const factors = learningRateFactors(model, [
 *   { match: 'conv*', factor: 0.1 },
 *   { match: 'fc4', factor: 0.5 },
 * ]);
 * factors['conv34.bn/gamma']; // => 0.1
 * factors['fc4/bias']; // => 0.5
 * 'fc6/kernel' in factors; // => false
 * model.dispose();
 * ```
 */
export function learningRateFactors(
  model: LayersModel,
  rules: readonly LearningRateRule[],
): Record<string, number> {
  const factors = new Map<string, number>();
  for (const { match, factor } of rules) {
    if (!(factor >= 0 && Number.isFinite(factor))) {
      throw new RangeError(
        `learningRateFactors: factor must be a number from 0 up, got ${factor}; freeze() stops layers for good`,
      );
    }
    for (const layer of matchLayers('learningRateFactors', model, match)) {
      for (const { originalName } of layer.trainableWeights) factors.set(originalName, factor);
    }
  }
  return Object.fromEntries(factors);
}
