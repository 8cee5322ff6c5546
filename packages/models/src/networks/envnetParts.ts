import { input, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { checkDropout, checkSoundOptions, type SoundModelOptions } from '../modelOptions.js';
import { Builder, heIn } from './builder.js';

/** What both EnvNets take. */
export interface EnvnetBaseOptions extends SoundModelOptions {
  /** Share of the units dropped after each of the two wide dense layers in training; 0.5 unless told. */
  dropout?: number;
}

/** Dense weights of variance 1 / inputs: Chainer's. */
const chainer = { scale: 1, fan: 'in', distribution: 'normal' } as const;

/** What the EnvNets are made of. */
export interface EnvnetParts {
  build: Builder;
  sounds: SymbolicTensor;
  /** The sounds as images one pixel high, `[B, 1, T, 1]`. */
  waves: SymbolicTensor;
  /** A convolution without padding, normalised, with ReLU. */
  conv(
    x: SymbolicTensor,
    name: string,
    filters: number,
    kernelSize: [height: number, width: number],
    stride?: number,
  ): SymbolicTensor;
}

/**
 * Begins an EnvNet.
 *
 * @param samples Length of a sound unless told.
 * @param smallest The shortest that leaves the last pooling something, in samples.
 */
export function beginEnvnet(
  name: string,
  options: EnvnetBaseOptions,
  { samples, smallest }: { samples: number; smallest: number },
): EnvnetParts {
  checkSoundOptions(name, options, smallest);
  checkDropout(name, options.dropout ?? 0.5);
  const [length] = options.inputShape ?? [samples];
  const norm = { epsilon: 2e-5, initialVariance: 0 };
  const build = new Builder({ seed: options.seed, conv: heIn, dense: chainer, norm });
  const sounds = input({ shape: [length], name: 'sounds' });
  const reshape = layers.reshape({ name: 'image', targetShape: [1, length, 1] });
  return {
    build,
    sounds,
    waves: reshape.apply(sounds) as SymbolicTensor,
    conv(x, name, filters, kernelSize, stride = 1) {
      const shape = { filters, kernelSize, strides: [1, stride], padding: 0 } as const;
      return build.norm(build.conv(x, `${name}.conv`, shape), `${name}.bn`);
    },
  };
}

/** `[B, 1, T, C]` to `[B, C, T, 1]`: what the channels hold over time becomes an image, as if of frequencies. */
export function swapChannels(x: SymbolicTensor): SymbolicTensor {
  return layers.permute({ name: 'swap', dims: [3, 2, 1] }).apply(x) as SymbolicTensor;
}

/** Two wide dense layers with dropout, then the logits. */
export function endEnvnet(
  build: Builder,
  x: SymbolicTensor,
  [first, second, last]: [string, string, string],
  { classes, headBias, dropout = 0.5 }: EnvnetBaseOptions,
): SymbolicTensor {
  let y = build.flatten(x);
  y = build.denseDropout(y, first, 4096, dropout);
  y = build.denseDropout(y, second, 4096, dropout);
  return build.dense(y, last, classes, headBias);
}
