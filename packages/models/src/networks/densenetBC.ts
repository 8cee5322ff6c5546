import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import {
  checkDepth,
  checkImageOptions,
  checkWhole,
  type ImageModelOptions,
} from '../modelOptions.js';
import { Builder, heOut, torchUniform } from './builder.js';

export interface DensenetBCOptions extends ImageModelOptions {
  /** Layers, 6 n + 4: 40, 100, 190, 250; 100 unless told. */
  depth?: number;
  /** Channels that each layer adds; 12 unless told. */
  growth?: number;
}

/**
 * DenseNet-BC for small images: three blocks of (depth - 4) / 6 layers, each of which sees what all before it in its block made and
 * adds `growth` channels to it. Between blocks a 1×1 convolution halves the channels and a pooling the image. 4 × 4 pixels or more.
 *
 * 176 122 parameters for 10 classes at depth 40 and growth 12, 769 162 at 100 and 12, 25 624 430 at 190 and 40 (25 821 620 for 100
 * classes), the one of the between-class paper. Initial weights as the authors': convolutions normal with a variance of
 * 2 / outputs, the last layer uniform within ±1 / sqrt(inputs), its biases 0.
 *
 * @returns A model that gives logits, `[B, K]`: no softmax. Dispose of it when done.
 * @throws RangeError for a depth that is not 6 n + 4, fewer than two classes, images below 4 × 4 pixels and the like.
 *
 * @example
 * ```ts
 * import { densenetBC } from '@bcl/models';
 *
 * const model = densenetBC({ classes: 10, depth: 40, growth: 12, seed: 1 });
 * model.outputs[0].shape; // => [null, 10]
 * model.dispose();
 * ```
 *
 * @see Huang, Liu, van der Maaten, Weinberger, "Densely Connected Convolutional Networks", arXiv:1608.06993; the authors' code,
 * liuzhuang13/DenseNet, models/densenet.lua. Layers carry the names of the PyTorch versions: `features.denseblock1.denselayer1.conv1`.
 */
export function densenetBC(options: DensenetBCOptions): LayersModel {
  const { classes, seed, headBias, inputShape = [32, 32, 3], depth = 100, growth = 12 } = options;
  checkImageOptions('densenetBC', options, 4);
  checkDepth('densenetBC', depth, { blocks: 6, rest: 4, named: [40, 100, 190, 250] });
  checkWhole('densenetBC', 'growth', growth);

  const build = new Builder({ seed, conv: heOut, dense: torchUniform });
  const layer = (x: SymbolicTensor, name: string): SymbolicTensor => {
    let y = build.norm(x, `${name}.norm1`);
    y = build.conv(y, `${name}.conv1`, { filters: 4 * growth, kernelSize: 1 });
    y = build.norm(y, `${name}.norm2`);
    y = build.conv(y, `${name}.conv2`, { filters: growth, kernelSize: 3 });
    return layers.concatenate({ name: `${name}.concat` }).apply([x, y]) as SymbolicTensor;
  };
  const transition = (x: SymbolicTensor, name: string): SymbolicTensor => {
    const filters = Math.floor((x.shape.at(-1) as number) / 2);
    let y = build.norm(x, `${name}.norm`);
    y = build.conv(y, `${name}.conv`, { filters, kernelSize: 1 });
    return layers
      .averagePooling2d({ name: `${name}.pool`, poolSize: 2 })
      .apply(y) as SymbolicTensor;
  };

  const images = input({ shape: [...inputShape], name: 'images' });
  let x = build.conv(images, 'features.conv0', { filters: 2 * growth, kernelSize: 3 });
  for (let block = 1; block <= 3; block++) {
    const inside = `features.denseblock${block}`;
    for (let i = 1; i <= (depth - 4) / 6; i++) x = layer(x, `${inside}.denselayer${i}`);
    if (block < 3) x = transition(x, `features.transition${block}`);
  }
  x = build.norm(x, 'features.norm_final');
  return model({
    inputs: images,
    outputs: build.classify(x, 'classifier', classes, headBias),
    name: 'densenetBC',
  });
}
