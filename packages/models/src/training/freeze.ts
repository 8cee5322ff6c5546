import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LayerMatch } from './layerMatch.js';
import { setTrainable } from './setTrainable.js';

/**
 * Keeps layers as they are while the rest of a model is trained: their weights get no gradient and no step, and a `BatchNorm`
 * among them normalises by its moving statistics, as in evaluation, and keeps those too. Freeze before you make a `ModelManager`
 * or call `compile`: they look at the model once.
 *
 * PyTorch's `requires_grad = False` stops the weights alone; there the statistics go on moving unless the module is put to
 * `eval()`. `Dropout` and `ShakeShake`, which have no weights, go on drawing.
 *
 * @param match Which layers: a name, a stage such as `'layer1'`, a pattern with `*`, a regular expression, a function of the name,
 * or several of these.
 * @returns The names of the layers.
 * @throws RangeError when a part of `match` fits no layer with weights.
 *
 * @example
 * ```ts
 * import { freeze, resnet32, unfreeze } from '@bcl/models';
 *
 * const model = resnet32({ classes: 10 });
 * freeze(model, ['conv1', 'bn1', 'layer1']);
 * model.trainableWeights[0].originalName; // => 'layer2.0.conv1/kernel'
 * freeze(model, (name) => name !== 'fc');
 * model.trainableWeights.length; // => 2
 * unfreeze(model);
 * model.trainableWeights.length; // => 95
 * model.dispose();
 * ```
 */
export function freeze(model: LayersModel, match: LayerMatch): string[] {
  return setTrainable('freeze', model, match, false);
}
