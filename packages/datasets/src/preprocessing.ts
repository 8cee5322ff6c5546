import * as tf from '@tensorflow/tfjs-core';
import { checkImages } from './checkImages.js';
import { checkDataset, type Dataset, isImageShape, show } from './dataset.js';
import { imageMean, measure } from './measure.js';

/**
 * What a model is trained with: `standard` and `bc` normalise each channel; `bc+` takes each
 * image's own mean away before that.
 */
export type PreprocessingMethod = 'standard' | 'bc' | 'bc+';

export interface PreprocessingArgs {
  readonly method: PreprocessingMethod;
  /** Mean of each channel over the training set, 0..255; under `bc+` after each image lost its own mean. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel, likewise. */
  readonly std: readonly number[];
  /** Height, width and channels of one image. */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Number of classes. */
  readonly classes: number;
}

/** A {@link Preprocessing} as plain JSON, to be kept with a model. */
export interface PreprocessingJSON extends PreprocessingArgs {
  readonly version: 1;
}

/**
 * Turns bytes into what a model is fed,
 *
 *     x' = (x - m - mean_c) / std_c
 *
 * with `mean_c` and `std_c` of each channel over the training set, and `m` the image's own mean over
 * all pixels and channels for `bc+`, 0 for `standard` and `bc`. The same transform serves training
 * (before flip and crop) and evaluation, so it is saved with the model. BC+ treats an
 * image as a wave around zero; its statistics are those of images without their means, and
 * images that kept them lie about two standard deviations off: {@link Preprocessing.check} refuses such.
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

  /**
   * From given constants; {@link Preprocessing.fit} measures them.
   *
   * @throws RangeError when they do not fit each other.
   */
  constructor(args: PreprocessingArgs) {
    const { method, mean, std, shape, classes } = args;
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
  }

  /**
   * Measures the constants on a training set: mean and population standard deviation of each
   * channel, for `bc+` after each image lost its own mean.
   *
   * @throws RangeError when a channel is the same everywhere, which no division can normalise.
   */
  static fit(dataset: Dataset, method: PreprocessingMethod): Preprocessing {
    checkMethod('Preprocessing.fit', method);
    checkDataset('Preprocessing.fit', dataset);
    const { mean, std } = measure(dataset.images, dataset.shape, method === 'bc+');
    std.forEach((deviation, channel) => {
      if (deviation > 0) return;
      throw new RangeError(
        `Preprocessing.fit: a channel must vary over the training set, got channel ${channel} the same in every pixel; leave it out`,
      );
    });
    return new Preprocessing({
      method,
      mean,
      std,
      shape: dataset.shape,
      classes: dataset.classNames.length,
    });
  }

  /**
   * What {@link Preprocessing.toJSON} gave, from a file that may hold anything.
   *
   * @throws Error when it was written by another version, RangeError or TypeError when it is damaged.
   */
  static fromJSON(json: unknown): Preprocessing {
    const { version, ...args } = (json ?? {}) as Partial<PreprocessingJSON>;
    if (version !== 1) {
      throw new Error(
        `Preprocessing.fromJSON: version must be 1, got ${version}; was it written by a later @bcl/datasets?`,
      );
    }
    return new Preprocessing(args as PreprocessingArgs);
  }

  toJSON(): PreprocessingJSON {
    const { method, mean, std, shape, classes } = this;
    return { version: 1, method, mean, std, shape, classes };
  }

  /**
   * Preprocesses raw images.
   *
   * @param images Values 0..255: bytes in `[B, H, W, C]` order, or a tensor of that shape.
   * @param count B, checked when given.
   * @returns `[B, H, W, C]` float32, owned by the caller. The input is kept.
   * @throws RangeError when the images are not of this shape.
   */
  apply(images: Uint8Array | tf.Tensor, count?: number): tf.Tensor4D {
    if (images instanceof tf.Tensor) return this.applyToTensor(images, count);
    if (!(images instanceof Uint8Array)) {
      throw new TypeError(
        'Preprocessing.apply: images must be a Uint8Array or a tensor of values 0..255',
      );
    }
    const pixels = this.shape[0] * this.shape[1] * this.shape[2];
    const held = images.length / pixels;
    if (!Number.isInteger(held) || held === 0 || (count ?? held) !== held) {
      throw new RangeError(
        `Preprocessing.apply: ${count ?? 'whole'} images of [${this.shape.join(', ')}] need ${pixels} bytes each, got ${images.length} bytes`,
      );
    }
    return tf.tensor4d(this.normalise(images, pixels), [held, ...this.shape]);
  }

  /**
   * Refuses a data set that a model trained on ours cannot be given: another image shape, another
   * number of classes.
   *
   * @throws RangeError
   */
  checkDataset(dataset: Dataset): void {
    const { name, shape, classNames } = dataset;
    if (this.shape.some((side, i) => side !== shape[i])) {
      throw new RangeError(
        `Preprocessing: fitted on images [${this.shape.join(', ')}], got ${name} with images [${shape.join(', ')}]`,
      );
    }
    if (classNames.length !== this.classes) {
      throw new RangeError(
        `Preprocessing: fitted on ${this.classes} classes, got ${name} with ${classNames.length}`,
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
    this.checkShape('Preprocessing.check', xs);
    checkImages(this, await xs.data());
  }

  /** Refuses tensors that are no `[B, H, W, C]` of this shape. */
  private checkShape(caller: string, xs: tf.Tensor): void {
    const [, ...shape] = xs.shape;
    if (shape.length !== 3 || this.shape.some((side, i) => side !== shape[i])) {
      throw new RangeError(
        `${caller}: images must be [B, ${this.shape.join(', ')}], got [${xs.shape.join(', ')}]`,
      );
    }
  }

  private applyToTensor(images: tf.Tensor, count?: number): tf.Tensor4D {
    this.checkShape('Preprocessing.apply', images);
    if (count !== undefined && images.shape[0] !== count) {
      throw new RangeError(
        `Preprocessing.apply: expected ${count} images, got ${images.shape[0]} in the tensor`,
      );
    }
    return tf.tidy(() => {
      const x = tf.cast(images, 'float32');
      const wave = this.method === 'bc+' ? tf.sub(x, tf.mean(x, [1, 2, 3], true)) : x;
      return tf.div<tf.Tensor4D>(
        tf.sub(wave, tf.tensor1d([...this.mean])),
        tf.tensor1d([...this.std]),
      );
    });
  }

  /** The formula, in one pass over the bytes. */
  private normalise(images: Uint8Array, pixels: number): Float32Array {
    const channels = this.shape[2];
    const x = new Float32Array(images.length);
    for (let start = 0; start < images.length; start += pixels) {
      const m = this.method === 'bc+' ? imageMean(images, start, pixels) : 0;
      for (let c = 0; c < channels; c++) {
        const shift = m + (this.mean[c] as number);
        const std = this.std[c] as number;
        for (let i = start + c; i < start + pixels; i += channels) {
          x[i] = ((images[i] as number) - shift) / std;
        }
      }
    }
    return x;
  }
}

function checkMethod(caller: string, method: unknown): asserts method is PreprocessingMethod {
  if (method !== 'standard' && method !== 'bc' && method !== 'bc+') {
    throw new RangeError(
      `${caller}: method must be 'standard', 'bc' or 'bc+', got ${show(method)}`,
    );
  }
}

function checkChannels(
  name: string,
  values: unknown,
  channels: number,
  wanted: string,
  good: (x: number) => boolean,
): void {
  if (!Array.isArray(values) || values.length !== channels || !values.every(good)) {
    throw new RangeError(
      `Preprocessing: ${name} must be ${channels} ${wanted}, one for each channel, got ${JSON.stringify(values)}`,
    );
  }
}
