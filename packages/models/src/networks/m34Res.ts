import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { RepeatChannels } from '../layers/repeatChannels.js';
import type { SoundModelOptions } from '../modelOptions.js';
import { beginWaves, classifyWaves, poolWaves } from './waveNetwork.js';

export interface M34ResOptions extends SoundModelOptions {
  /** Samples of a sound; [32000] unless told, four seconds at 8 kHz. */
  inputShape?: readonly [samples: number];
}

/** Blocks and channels of each stage. */
const STAGES = [
  { blocks: 3, filters: 48 },
  { blocks: 4, filters: 96 },
  { blocks: 6, filters: 192 },
  { blocks: 3, filters: 384 },
];

/**
 * M34-res, the deepest of the networks for raw waveforms by Dai and others: a convolution over 80 samples of stride 4 with 48 channels,
 * then stages of 3, 4, 6 and 3 residual blocks with 48, 96, 192 and 384 channels, shrunk four times by a pooling before each; then the
 * mean over time. A block is two convolutions over 3 values; its shortcut repeats each channel where their number doubles, and the sum
 * is normalised before its ReLU. 1024 samples or more.
 *
 * 3 984 154 parameters for 10 classes. Initial weights as in the version that the count is from: Glorot's uniform, biases 0.
 *
 * @returns A model that takes sounds, `[B, T]`, and gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for fewer than two classes, sounds too short and the like.
 *
 * @example
 * ```ts
 * import { m34Res } from '@bcl/models';
 *
 * const model = m34Res({ classes: 10, inputShape: [8000] });
 * model.inputs[0].shape; // => [null, 8000]
 * model.dispose();
 * ```
 *
 * @see Dai, Dai, Qu, Li, Das, "Very Deep Convolutional Neural Networks for Raw Waveforms", arXiv:1610.00087;
 * philipperemy/very-deep-convnets-raw-waveforms, model_resnet.py.
 */
export function m34Res(options: M34ResOptions): LayersModel {
  const { build, sounds, waves } = beginWaves('m34Res', options, STAGES.length);
  const block = (x: SymbolicTensor, name: string, filters: number): SymbolicTensor => {
    let y = build.conv1d(x, `${name}.conv1`, { filters, kernelSize: 3 });
    y = build.norm(y, `${name}.bn1`);
    y = build.conv1d(y, `${name}.conv2`, { filters, kernelSize: 3 });
    y = build.norm(y, `${name}.bn2`, 'linear');
    const same = x.shape.at(-1) === filters;
    const skip = same ? x : new RepeatChannels({ name: `${name}.repeat` }).apply(x);
    const sum = layers.add({ name: `${name}.add` }).apply([y, skip as SymbolicTensor]);
    return build.norm(sum as SymbolicTensor, `${name}.bn3`);
  };

  let x = build.conv1d(waves, 'conv1', { filters: 48, kernelSize: 80, strides: 4 });
  x = build.norm(x, 'bn1');
  STAGES.forEach(({ blocks, filters }, stage) => {
    x = poolWaves(x, `pool${stage + 1}`);
    for (let i = 0; i < blocks; i++) x = block(x, `layer${stage + 1}.${i}`, filters);
  });
  return model({ inputs: sounds, outputs: classifyWaves(build, x, options), name: 'm34Res' });
}
