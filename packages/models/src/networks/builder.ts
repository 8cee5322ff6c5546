import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { deriveSeed } from '../counterHash.js';
import { BatchNorm, type BatchNormArgs } from '../layers/batchNorm.js';
import { Conv2D } from '../layers/conv2d.js';
import { Dropout } from '../layers/dropout.js';
import type { HeadBias } from '../modelOptions.js';
import { VarianceScaling, type VarianceScalingArgs } from '../varianceScaling.js';

type Scaling = Omit<VarianceScalingArgs, 'seed'>;

/** What the layers of one network have in common. */
export interface BuilderStyle {
  seed: number | undefined;
  /** Initial weights of the convolutions, and of the dense layers. */
  conv: Scaling;
  dense: Scaling;
  norm?: BatchNormArgs;
}

export interface ConvOptions {
  filters: number;
  kernelSize: number | readonly [height: number, width: number];
  strides?: number | readonly [height: number, width: number];
  /** Pixels on every side; 'half' a kernel unless told, which keeps the size at stride 1. */
  padding?: number | 'half';
  groups?: number;
  useBias?: boolean;
  /** What the stream of its initial weights is called: as the layer unless told. */
  stream?: string;
}

/** Weights of variance 2 / inputs: He's. */
export const heIn: Scaling = { scale: 2, fan: 'in', distribution: 'normal' };
/** Weights of variance 2 / outputs, as the Torch networks have them. */
export const heOut: Scaling = { scale: 2, fan: 'out', distribution: 'normal' };
/** Weights within ±1 / sqrt(inputs): what Torch's and PyTorch's layers start from. */
export const torchUniform: Scaling = { scale: 1 / 3, fan: 'in', distribution: 'uniform' };
/** Glorot's uniform weights: what Keras's layers start from. */
export const glorotUniform: Scaling = { scale: 1, fan: 'avg', distribution: 'uniform' };

/**
 * Applies the layers of a network one by one. They carry the names of PyTorch's modules, by which weights from elsewhere find their
 * place, and each draws its initial weights from a stream of its own name.
 */
export class Builder {
  readonly #style: BuilderStyle;

  constructor(style: BuilderStyle) {
    this.#style = style;
  }

  /** The seed of one named use. */
  seed(use: string): number {
    return deriveSeed(this.#style.seed ?? 0, use);
  }

  conv(
    x: SymbolicTensor,
    name: string,
    {
      filters,
      kernelSize,
      strides = 1,
      padding = 'half',
      groups = 1,
      useBias = false,
      stream = name,
    }: ConvOptions,
  ): SymbolicTensor {
    const kernelInitializer = this.#initializer(this.#style.conv, stream);
    const size = pairOf(kernelSize);
    const sides = pairOf(padding === 'half' ? halves(size) : padding);
    const args = {
      name,
      filters,
      kernelSize: size,
      strides: pairOf(strides),
      useBias,
      kernelInitializer,
    };
    const same =
      args.strides.every((stride) => stride === 1) &&
      sides.every((side, i) => 2 * side + 1 === size[i]);
    const valid = sides.every((side) => side === 0);
    const layer =
      groups === 1 && (same || valid)
        ? layers.conv2d({ ...args, padding: valid ? 'valid' : 'same' })
        : new Conv2D({ ...args, padding: sides, groups });
    return layer.apply(x) as SymbolicTensor;
  }

  /** Convolution over time, padded to keep the length but for the stride, with a bias. */
  conv1d(
    x: SymbolicTensor,
    name: string,
    { filters, kernelSize, strides = 1 }: { filters: number; kernelSize: number; strides?: number },
  ): SymbolicTensor {
    const kernelInitializer = this.#initializer(this.#style.conv, name);
    const args = {
      name,
      filters,
      kernelSize,
      strides,
      padding: 'same',
      kernelInitializer,
    } as const;
    return layers.conv1d(args).apply(x) as SymbolicTensor;
  }

  norm(x: SymbolicTensor, name: string, activation: 'linear' | 'relu' = 'relu'): SymbolicTensor {
    return new BatchNorm({ ...this.#style.norm, name, activation }).apply(x) as SymbolicTensor;
  }

  relu(x: SymbolicTensor, name: string): SymbolicTensor {
    return layers.reLU({ name }).apply(x) as SymbolicTensor;
  }

  /** max(0, a + b). */
  addRelu(a: SymbolicTensor, b: SymbolicTensor, name: string): SymbolicTensor {
    return this.relu(layers.add({ name: `${name}.add` }).apply([a, b]) as SymbolicTensor, name);
  }

  /** Maximum over windows that do not overlap; what does not fill a window is dropped. */
  maxPool(
    x: SymbolicTensor,
    name: string,
    size: number | [height: number, width: number],
  ): SymbolicTensor {
    return layers.maxPooling2d({ name, poolSize: size, strides: size }).apply(x) as SymbolicTensor;
  }

  dense(x: SymbolicTensor, name: string, units: number, bias: HeadBias = 'zeros'): SymbolicTensor {
    const kernelInitializer = this.#initializer(this.#style.dense, name);
    const value = bias === 'prior' ? -Math.log(units - 1) : 0;
    const biasInitializer = initializers.constant({ value });
    return layers
      .dense({ name, units, kernelInitializer, biasInitializer })
      .apply(x) as SymbolicTensor;
  }

  /** A dense layer with ReLU and dropout behind it. */
  denseDropout(x: SymbolicTensor, name: string, units: number, rate: number): SymbolicTensor {
    const y = this.relu(this.dense(x, name, units), `${name}.relu`);
    const seed = this.seed(`dropout/${name}`);
    return new Dropout({ name: `${name}.dropout`, rate, seed }).apply(y) as SymbolicTensor;
  }

  /** All values of an image as one row: channel by channel, row by row, as PyTorch and Chainer flatten. */
  flatten(x: SymbolicTensor): SymbolicTensor {
    const first = layers.permute({ name: 'channelsFirst', dims: [3, 1, 2] }).apply(x);
    return layers.flatten({ name: 'flatten' }).apply(first) as SymbolicTensor;
  }

  /** Mean over the pixels, then the logits. */
  classify(
    x: SymbolicTensor,
    name: string,
    classes: number,
    bias: HeadBias | undefined,
  ): SymbolicTensor {
    const mean = layers.globalAveragePooling2d({ name: 'avgpool' }).apply(x) as SymbolicTensor;
    return this.dense(mean, name, classes, bias);
  }

  #initializer(scaling: Scaling, name: string): VarianceScaling {
    return new VarianceScaling({ ...scaling, seed: this.seed(`init/${name}`) });
  }
}

function pairOf(value: number | readonly [number, number]): [number, number] {
  return typeof value === 'number' ? [value, value] : [value[0], value[1]];
}

function halves([height, width]: [number, number]): [number, number] {
  return [height >> 1, width >> 1];
}
