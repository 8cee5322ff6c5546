import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { PadChannels } from '../layers/padChannels.js';
import { checkImageOptions, type ImageModelOptions } from '../modelOptions.js';
import { Builder, glorotUniform } from './builder.js';
import { type Block, basicBranch, cifarStem, residualStages } from './residual.js';

export type Resnet32Options = ImageModelOptions;

/**
 * ResNet-32 of the class-balanced paper, for small images: three stages of five blocks with 16, 32 and 64 channels, each block two 3×3
 * convolutions. Where a stage begins, the shortcut has no weights: it averages 2 × 2 pixels and fills up the channels with zeros, half
 * of them before, half after. 4 × 4 pixels or more.
 *
 * 464 154 parameters for 10 classes, 470 004 for 100. Initial weights as the authors': Glorot's uniform, biases 0 or, for sigmoid and
 * focal loss, `headBias: 'prior'`. The original brings bytes to `x / 128 - 1` itself; here that is the preprocessing's.
 *
 * @returns A model that gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for fewer than two classes, images below 4 × 4 pixels and the like.
 *
 * @example
 * ```ts
 * import { resnet32 } from '@bcl/models';
 *
 * const model = resnet32({ classes: 10, headBias: 'prior', seed: 1 });
 * const [, bias] = model.getLayer('fc').getWeights();
 * bias.dataSync()[0].toFixed(4); // => '-2.1972'
 * model.dispose();
 * ```
 *
 * @see Cui, Jia, Lin, Song, Belongie, "Class-Balanced Loss Based on Effective Number of Samples", arXiv:1901.05555; the authors'
 * code, richardaecn/class-balanced-loss, src/cifar_model.py.
 */
export function resnet32(options: Resnet32Options): LayersModel {
  checkImageOptions('resnet32', options, 4);
  const { classes, seed, headBias, inputShape = [32, 32, 3] } = options;

  const build = new Builder({ seed, conv: glorotUniform, dense: glorotUniform });
  const shortcut = (x: SymbolicTensor, name: string, features: number): SymbolicTensor => {
    const missing = features - (x.shape.at(-1) as number);
    if (missing === 0) return x;
    const pool = layers.averagePooling2d({ name: `${name}.avgpool`, poolSize: 2, padding: 'same' });
    const wider = new PadChannels({ name: `${name}.pad`, padding: missing / 2 });
    return wider.apply(pool.apply(x)) as SymbolicTensor;
  };
  const block: Block = (x, args) => {
    const skip = shortcut(x, args.name, args.features);
    return build.addRelu(basicBranch(build, x, args), skip, `${args.name}.relu`);
  };

  const images = input({ shape: [...inputShape], name: 'images' });
  const stages = [16, 32, 64].map((features) => ({ features, blocks: 5 }));
  const last = residualStages(cifarStem(build, images, 16), stages, block, 'layer');
  return model({
    inputs: images,
    outputs: build.classify(last, 'fc', classes, headBias),
    name: 'resnet32',
  });
}
