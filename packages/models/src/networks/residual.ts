import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Builder } from './builder.js';

/** What a residual block is built from. */
export interface BlockArgs {
  name: string;
  /** Channels of its 3×3 convolutions, before cardinality and base width. */
  features: number;
  strides: number;
}

/** Adds one block and gives its result. */
export type Block = (x: SymbolicTensor, args: BlockArgs) => SymbolicTensor;

/** One stage after another, `layer1.0`, `layer1.1` …; the first block of each but the first stage halves the image. */
export function residualStages(
  x: SymbolicTensor,
  stages: readonly { features: number; blocks: number }[],
  block: Block,
  stageName: string,
): SymbolicTensor {
  let y = x;
  stages.forEach(({ features, blocks }, stage) => {
    for (let i = 0; i < blocks; i++) {
      const name = `${stageName}${stage + 1}.${i}`;
      y = block(y, { name, features, strides: i === 0 && stage > 0 ? 2 : 1 });
    }
  });
  return y;
}

/** Two 3×3 convolutions, each normalised, ReLU between them. */
export function basicBranch(
  build: Builder,
  x: SymbolicTensor,
  { name, features, strides }: BlockArgs,
  useBias = false,
): SymbolicTensor {
  const conv = { filters: features, kernelSize: 3, useBias };
  let y = build.conv(x, `${name}.conv1`, { ...conv, strides });
  y = build.norm(y, `${name}.bn1`);
  y = build.conv(y, `${name}.conv2`, conv);
  return build.norm(y, `${name}.bn2`, 'linear');
}

/** Groups of a bottleneck's middle convolution, and the channels of each for 64 features. */
export interface Width {
  cardinality: number;
  baseWidth: number;
}

/** 1×1, 3×3 in groups, 1×1 to four times the features; each normalised, ReLU between them. */
export function bottleneckBranch(
  build: Builder,
  x: SymbolicTensor,
  { name, features, strides }: BlockArgs,
  { cardinality, baseWidth }: Width,
): SymbolicTensor {
  const filters = Math.floor((features * baseWidth) / 64) * cardinality;
  const middle = { filters, kernelSize: 3, strides, groups: cardinality };
  let y = build.conv(x, `${name}.conv1`, { filters, kernelSize: 1 });
  y = build.norm(y, `${name}.bn1`);
  y = build.conv(y, `${name}.conv2`, middle);
  y = build.norm(y, `${name}.bn2`);
  y = build.conv(y, `${name}.conv3`, { filters: 4 * features, kernelSize: 1 });
  return build.norm(y, `${name}.bn3`, 'linear');
}

/** The block's input where it fits its output, or else a normalised 1×1 convolution of it. */
export function projection(
  build: Builder,
  x: SymbolicTensor,
  filters: number,
  { strides, conv, norm }: { strides: number; conv: string; norm: string },
): SymbolicTensor {
  if (x.shape.at(-1) === filters && strides === 1) return x;
  const y = build.conv(x, conv, { filters, kernelSize: 1, strides, padding: 0 });
  return build.norm(y, norm, 'linear');
}

/** The 7×7 convolution and the pooling that networks for large images begin with: a quarter of the height and width is left. */
export function imagenetStem(build: Builder, images: SymbolicTensor): SymbolicTensor {
  const y = build.conv(images, 'conv1', { filters: 64, kernelSize: 7, strides: 2, padding: 3 });
  // Zeros around are as good as nothing around: there is nothing below zero after a ReLU.
  const padded = layers
    .zeroPadding2d({ name: 'maxpool.pad', padding: 1 })
    .apply(build.norm(y, 'bn1'));
  const pool = layers.maxPooling2d({ name: 'maxpool', poolSize: 3, strides: 2 });
  return pool.apply(padded) as SymbolicTensor;
}

/** The 3×3 convolution that networks for small images begin with. */
export function cifarStem(build: Builder, images: SymbolicTensor, filters: number): SymbolicTensor {
  return build.norm(build.conv(images, 'conv1', { filters, kernelSize: 3 }), 'bn1');
}
