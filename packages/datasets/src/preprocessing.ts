import * as tf from '@tensorflow/tfjs-core';
import { type Augmentation, compose } from './augment/compose.js';
import type { RawImages } from './augment/images.js';
import type { AugmentationStep } from './augment/Step.js';
import { prepareImages } from './batches/prepareImages.js';
import { checkImages } from './checkImages.js';
import {
  checkBatchShape,
  checkChannels,
  checkMethod,
  type PreprocessingMethod,
  rawImagesOf,
  sameShape,
} from './checkPreprocessing.js';
import { checkDataset, type Dataset, isImageShape } from './dataset.js';
import { imagesOf } from './imagesOf.js';
import { ChannelSums } from './measure.js';
import type { ExampleStream } from './stream.js';

export interface PreprocessingArgs {
  readonly method: PreprocessingMethod;
  /** Mean of each channel over the training set, 0..255; under `bc+` after each image lost its own mean. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel, likewise. */
  readonly std: readonly number[];
  /** Height, width and channels of one image as the model is fed it. */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Number of classes. */
  readonly classes: number;
  /** What test images go through before they are normalised. Default nothing. */
  readonly evaluation?: readonly AugmentationStep[];
}

/** A {@link Preprocessing} as plain JSON, to be kept with a model. */
export interface PreprocessingJSON extends Required<PreprocessingArgs> {
  /** Files of version 1 have no `evaluation`. */
  readonly version: 2;
}

export interface FitOptions {
  /** How training images are varied; test images then go through its `evaluation()`. */
  readonly augment?: Augmentation;
}

/** What a data set or a stream says of its images. */
type Described = Pick<Dataset, 'name' | 'shape' | 'classNames'>;

/**
 * Turns bytes into what a model is fed,
 *
 *     x' = (x - m - mean_c) / std_c
 *
 * with `mean_c` and `std_c` of each channel over the training set, and `m` the image's own mean over
 * all pixels and channels for `bc+`, 0 for `standard` and `bc`. The same formula serves training
 * (before flip and crop) and evaluation, so it is saved with the model. BC+ treats an
 * image as a wave around zero; its statistics are those of images without their means, and
 * images that kept them lie about two standard deviations off: {@link Preprocessing.check} refuses such.
 *
 * Where the augmentation of training decides on the size of the images, `evaluation` is what brings test images to it: resized, and
 * the middle cut out. It is part of `apply`; training images, which the augmentation has cut, are only normalised.
 *
 * @example
 * ```ts
 * import { Preprocessing } from '@bcl/datasets';
 *
 * const preprocessing = new Preprocessing({
 *   method: 'bc+',
 *   mean: [0],
 *   std: [2],
 *   shape: [1, 2, 1],
 *   classes: 10,
 * });
 * preprocessing.apply(Uint8Array.of(100, 108)).dataSync(); // => [-2, 2]
 * ```
 *
 * @see The authors' code, mil-tokyo/bc_learning_image, dataset.py and utils.py.
 */
export class Preprocessing {
  readonly method: PreprocessingMethod;
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classes: number;
  /** What test images go through before they are normalised; often nothing. */
  readonly evaluation: Augmentation;

  /**
   * From given constants; {@link Preprocessing.fit} measures them.
   *
   * @throws RangeError when they do not fit each other.
   */
  constructor(args: PreprocessingArgs) {
    const { method, mean, std, shape, classes, evaluation = [] } = args;
    checkMethod('Preprocessing', method);
    if (!isImageShape(shape)) {
      throw new RangeError(
        `Preprocessing: shape must be [height, width, channels], got ${JSON.stringify(shape)}`,
      );
    }
    checkChannels('mean', mean, shape[2], 'finite numbers', Number.isFinite);
    checkChannels('std', std, shape[2], 'numbers above 0', (x) => Number.isFinite(x) && x > 0);
    if (!Number.isInteger(classes) || classes < 1) {
      throw new RangeError(`Preprocessing: classes must be a whole number from 1, got ${classes}`);
    }
    this.method = method;
    this.mean = [...mean];
    this.std = [...std];
    this.shape = [...shape];
    this.classes = classes;
    this.evaluation = compose(evaluation);
  }

  /**
   * Measures the constants on a training set: mean and population standard deviation of each
   * channel, for `bc+` after each image lost its own mean.
   *
   * @param options.augment How training images will be varied: it decides on the size that the model is fed.
   * @throws RangeError when a channel is the same everywhere, which no division can normalise.
   */
  static fit(
    dataset: Dataset,
    method: PreprocessingMethod,
    options: FitOptions = {},
  ): Preprocessing {
    checkMethod('Preprocessing.fit', method);
    checkDataset('Preprocessing.fit', dataset);
    const { images, shape } = dataset;
    const sums = new ChannelSums(shape[2], method === 'bc+');
    const size = shape[0] * shape[1] * shape[2];
    for (let at = 0; at < images.length; at += size) sums.add(images.subarray(at, at + size));
    return fitted('Preprocessing.fit', dataset, method, sums, options);
  }

  /**
   * The same on a stream of images, in one pass that holds one image at a time.
   *
   * @throws RangeError also when the stream gives no images, or others than it says.
   */
  static async fitStream(
    stream: ExampleStream,
    method: PreprocessingMethod,
    options: FitOptions = {},
  ): Promise<Preprocessing> {
    checkMethod('Preprocessing.fitStream', method);
    const sums = new ChannelSums(stream.shape[2], method === 'bc+');
    for await (const image of imagesOf('Preprocessing.fitStream', stream)) sums.add(image);
    return fitted('Preprocessing.fitStream', stream, method, sums, options);
  }

  /**
   * What {@link Preprocessing.toJSON} gave, from a file that may hold anything.
   *
   * @throws Error when it was written by a later version, RangeError or TypeError when it is damaged.
   */
  static fromJSON(json: unknown): Preprocessing {
    const { version, ...args } = (json ?? {}) as Partial<Omit<PreprocessingJSON, 'version'>> & {
      version?: unknown;
    };
    if (version !== 1 && version !== 2) {
      throw new Error(
        `Preprocessing.fromJSON: version must be 1 or 2, got ${version}; was it written by a later @bcl/datasets?`,
      );
    }
    const evaluation = version === 1 ? [] : compose(args.evaluation as []).steps;
    return new Preprocessing({ ...(args as PreprocessingArgs), evaluation });
  }

  toJSON(): PreprocessingJSON {
    const { method, mean, std, shape, classes, evaluation } = this;
    return { version: 2, method, mean, std, shape, classes, evaluation: evaluation.steps };
  }

  /**
   * Prepares raw images as test images are: `evaluation`, if there is any, and the formula.
   *
   * @param images Values 0..255: bytes in `[B, H, W, C]` order, or a tensor of that shape. Where `evaluation` makes their size, bytes
   * need to be `{ data, shape }`.
   * @param count B, checked when given.
   * @returns `[B, H, W, C]` float32 of this shape, owned by the caller. The input is kept.
   * @throws RangeError when the images are not of this shape, and nothing makes them so.
   */
  apply(images: Uint8Array | RawImages | tf.Tensor, count?: number): tf.Tensor4D {
    return this.#prepare('Preprocessing.apply', images, count, this.evaluation);
  }

  /**
   * Normalises raw images that have the size which the model is fed: training images, once an augmentation has cut them.
   *
   * @returns `[B, H, W, C]` float32, owned by the caller. The input is kept.
   * @throws RangeError when the images are not of this shape.
   */
  normalize(images: Uint8Array | RawImages | tf.Tensor, count?: number): tf.Tensor4D {
    return this.#prepare('Preprocessing.normalize', images, count, compose([]));
  }

  /**
   * Refuses a data set, or a stream, that a model trained on ours cannot be given: another number of classes or of channels, another
   * size that `evaluation` does not make ours.
   *
   * @param augment What its images go through instead, where they are training images.
   * @throws RangeError
   */
  checkDataset(
    { name, shape, classNames }: Described,
    augment: Augmentation = this.evaluation,
  ): void {
    const given = augment.outputShape(shape);
    const resized = !sameShape(given, shape);
    if (resized && shape[2] !== this.shape[2]) {
      throw new RangeError(
        `Preprocessing: fitted on images of ${this.shape[2]} channels, got ${name} with ${shape[2]}`,
      );
    }
    if (!sameShape(given, this.shape)) {
      const become = resized ? `, which become [${given.join(', ')}]` : '';
      throw new RangeError(
        `Preprocessing: fitted on images [${this.shape.join(', ')}], got ${name} with images [${shape.join(', ')}]${become}`,
      );
    }
    if (classNames.length !== this.classes) {
      throw new RangeError(
        `Preprocessing: fitted on ${this.classes} classes, got ${name} with ${classNames.length}`,
      );
    }
  }

  /**
   * Refuses another method than the one that this was fitted for.
   *
   * @throws RangeError
   */
  checkMethod(method: PreprocessingMethod): void {
    checkMethod('Preprocessing.checkMethod', method);
    if (method !== this.method) {
      throw new RangeError(
        `Preprocessing: fitted for '${this.method}', got '${method}'; images prepared for one are no test of a model trained on the other`,
      );
    }
  }

  /**
   * Refuses images that cannot have come from {@link Preprocessing.apply}: NaN or infinite
   * values, another shape, raw values (0..255, 0..1 or −1..1) and, under `bc+`, images that kept
   * their mean. It undoes the scaling and looks whether what is left can be such images. It is for
   * evaluation: a crop with a border does not keep an image's mean at 0.
   *
   * Only what is certain is refused. Images for `standard` and `bc` may have any mean, so those of
   * another data set or of `bc+` pass.
   *
   * @param xs `[B, H, W, C]`; kept. It is read back, so check a batch, not every batch.
   * @throws RangeError
   */
  async check(xs: tf.Tensor): Promise<void> {
    checkBatchShape('Preprocessing.check', xs.shape, this.shape);
    checkImages(this, await xs.data());
  }

  /** Evaluation's steps, or none, and the formula. */
  #prepare(
    caller: string,
    images: Uint8Array | RawImages | tf.Tensor,
    count: number | undefined,
    { steps }: Augmentation,
  ): tf.Tensor4D {
    if (images instanceof tf.Tensor) return this.#prepareTensor(caller, images, count, steps);
    const { data, shape } = rawImagesOf(caller, images, this.shape, steps, count);
    checkBatchShape(caller, shape, this.shape, steps, count);
    const [held, height, width, channels] = shape;
    const indices = Int32Array.from({ length: held }, (_, b) => b);
    const pool = { data, indices, shape: [height, width, channels] as const };
    const prepared = prepareImages(pool, { steps, normalization: this });
    return tf.tensor4d(prepared.data, [...prepared.shape]);
  }

  #prepareTensor(
    caller: string,
    images: tf.Tensor,
    count: number | undefined,
    steps: readonly AugmentationStep[],
  ): tf.Tensor4D {
    checkBatchShape(caller, images.shape, this.shape, steps, count);
    return tf.tidy(() => {
      const raw = tf.cast(images as tf.Tensor4D, 'float32');
      const sized = compose(steps);
      const x = steps.length > 0 ? sized.apply(raw, sized.draw(raw.shape)) : raw;
      const wave = this.method === 'bc+' ? tf.sub(x, tf.mean(x, [1, 2, 3], true)) : x;
      const centered = tf.sub(wave, tf.tensor1d([...this.mean]));
      return tf.div<tf.Tensor4D>(centered, tf.tensor1d([...this.std]));
    });
  }
}

/** What was measured, as the preprocessing of a set. */
function fitted(
  caller: string,
  { shape, classNames }: Described,
  method: PreprocessingMethod,
  sums: ChannelSums,
  { augment = compose([]) }: FitOptions,
): Preprocessing {
  const { mean, std } = sums.statistics();
  std.forEach((deviation, channel) => {
    if (deviation > 0) return;
    throw new RangeError(
      `${caller}: a channel must vary over the training set, got channel ${channel} the same in every pixel; leave it out`,
    );
  });
  return new Preprocessing({
    method,
    mean,
    std,
    shape: augment.outputShape(shape),
    classes: classNames.length,
    evaluation: augment.evaluation().steps,
  });
}
