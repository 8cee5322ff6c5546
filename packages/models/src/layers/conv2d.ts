import * as tf from '@tensorflow/tfjs-core';
import {
  InputSpec,
  initializers,
  type LayerVariable,
  layers,
  type Shape,
} from '@tensorflow/tfjs-layers';
import { VarianceScaling } from '../varianceScaling.js';
import { groupedConv2d } from './groupedConv2d.js';
import {
  type Initializer,
  initializerOf,
  type SerializedInitializer,
  serializedInitializer,
} from './initializerOf.js';
import { oneShape, oneTensor } from './single.js';

/** One number for both axes, or height and width. */
type Pair = number | readonly [height: number, width: number];

export interface Conv2DArgs {
  /** Name of the layer. */
  name?: string;
  /** Number of output channels, a multiple of `groups`. */
  filters: number;
  kernelSize: Pair;
  /** 1 unless told. */
  strides?: Pair;
  /** Rows of zeros above and below, columns left and right; 0 unless told. */
  padding?: Pair;
  /** Parts that the channels are cut into, each convolved with its own filters; 1 unless told. */
  groups?: number;
  /** Whether a bias is added; unless told it is not. */
  useBias?: boolean;
  /** A tfjs initializer; unless told, normal numbers of variance 2 / inputs. Biases start at 0. */
  kernelInitializer?: Initializer | SerializedInitializer;
}

/**
 * Convolution as PyTorch has it: in groups, and padded by a number of pixels on every side. tfjs's own layer knows no groups, and
 * its 'same' padding lies elsewhere once a stride skips pixels: below and to the right alone for an even image at stride 2.
 *
 * The kernel is `[height, width, channels / groups, filters]`, the filters of the first group before those of the second.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { Conv2D } from '@bcl/models';
 *
 * const layer = new Conv2D({ filters: 2, kernelSize: 1, groups: 2 });
 * layer.build([null, 1, 1, 4]);
 * layer.setWeights([tf.tensor4d([1, 10, 2, 20], [1, 1, 2, 2])]);
 * const y = layer.apply(tf.tensor4d([1, 2, 3, 4], [1, 1, 1, 4])) as tf.Tensor;
 * y.dataSync(); // => [5, 110]
 * ```
 */
export class Conv2D extends layers.Layer {
  /** Saved files carry this name alone, so it is prefixed and never changes. */
  static className = 'BclConv2D';
  readonly filters: number;
  readonly kernelSize: readonly [height: number, width: number];
  readonly strides: readonly [height: number, width: number];
  readonly padding: readonly [height: number, width: number];
  readonly groups: number;
  readonly useBias: boolean;
  kernel!: LayerVariable;
  bias: LayerVariable | undefined;
  readonly #kernelInitializer: Initializer;

  constructor(args: Conv2DArgs) {
    super(args);
    this.filters = args.filters;
    this.groups = args.groups ?? 1;
    this.useBias = args.useBias ?? false;
    this.kernelSize = pairOf('kernelSize', args.kernelSize, 1);
    this.strides = pairOf('strides', args.strides ?? 1, 1);
    this.padding = pairOf('padding', args.padding ?? 0, 0);
    this.#kernelInitializer = initializerOf(args.kernelInitializer ?? heNormal());
    checkAtLeast('filters', this.filters, 1);
    checkAtLeast('groups', this.groups, 1);
    if (this.filters % this.groups > 0) {
      throw new RangeError(
        `Conv2D: filters must be a multiple of groups, got ${this.filters} filters and ${this.groups} groups`,
      );
    }
  }

  override build(inputShape: Shape | Shape[]): void {
    const channels = this.#channels(oneShape('Conv2D', inputShape));
    const shape = [...this.kernelSize, channels / this.groups, this.filters];
    this.kernel = this.addWeight('kernel', shape, 'float32', this.#kernelInitializer);
    if (this.useBias) {
      this.bias = this.addWeight('bias', [this.filters], 'float32', initializers.zeros());
    }
    this.inputSpec = [new InputSpec({ ndim: 4, axes: { 3: channels } })];
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = oneShape('Conv2D', inputShape);
    this.#channels(shape);
    const [batch = null, ...sizes] = shape;
    const out = sizes.slice(0, 2).map((size, axis) => {
      if (size === null) return null;
      const free = size + 2 * at(this.padding, axis) - at(this.kernelSize, axis);
      if (free < 0) {
        throw new RangeError(
          `Conv2D: images must hold the kernel, got ${sizes[0]} x ${sizes[1]} pixels, padded by ${this.padding.join(' x ')}, and a kernel of ${this.kernelSize.join(' x ')}`,
        );
      }
      return Math.floor(free / at(this.strides, axis)) + 1;
    });
    return [batch, ...out, this.filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = oneTensor('Conv2D', inputs) as tf.Tensor4D;
    return tf.tidy(() => {
      const y = groupedConv2d(x, this.kernel.read() as tf.Tensor4D, this);
      return this.bias ? addBias(y, this.bias.read() as tf.Tensor1D) : y;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      filters: this.filters,
      kernelSize: [...this.kernelSize],
      strides: [...this.strides],
      padding: [...this.padding],
      groups: this.groups,
      useBias: this.useBias,
      kernelInitializer: serializedInitializer(this.#kernelInitializer),
    };
  }

  /** Channels of images of this shape, once it is known to fit. */
  #channels(shape: Shape): number {
    const channels = shape.at(-1);
    if (shape.length !== 4 || channels == null) {
      throw new RangeError(
        `Conv2D: input must be [B, H, W, C] with known channels, got [${shape.join(', ')}]`,
      );
    }
    if (channels % this.groups > 0) {
      throw new RangeError(
        `Conv2D: channels must be a multiple of groups, got ${channels} channels and ${this.groups} groups`,
      );
    }
    return channels;
  }
}
tf.serialization.registerClass(Conv2D);

function heNormal(): Initializer {
  return new VarianceScaling({ scale: 2, distribution: 'normal', seed: 0 });
}

function pairOf(name: string, value: Pair, least: number): readonly [number, number] {
  const pair = typeof value === 'number' ? ([value, value] as const) : value;
  for (const side of pair) checkAtLeast(name, side, least);
  return [pair[0], pair[1]];
}

function checkAtLeast(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`Conv2D: ${name} must be an integer of at least ${least}, got ${value}`);
  }
}

function at(pair: readonly [number, number], axis: number): number {
  return pair[axis] as number;
}

/** y + bias. TensorFlow.js's own sum would keep `y` for the way back, of which it needs the shape alone. */
function addBias(y: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  const op = tf.customGrad(() => ({
    value: tf.add(y, bias),
    gradFunc: (dy: tf.Tensor) => [tf.clone(dy), tf.sum(dy, [0, 1, 2])],
  }));
  return op(y, bias) as tf.Tensor4D;
}
