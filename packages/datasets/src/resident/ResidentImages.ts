import type { SeededRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Augmentation } from '../augment/compose.js';
import { changesOf, drawSteps } from '../augment/planSteps.js';
import { checkBatchShape } from '../checkPreprocessing.js';
import { checkDataset, type Dataset } from '../dataset.js';
import { labelsOf } from '../labelsOf.js';
import type { Preprocessing } from '../preprocessing.js';
import type { Batch } from '../readExamples.js';
import { checkResidentSteps } from './checkResidentSteps.js';
import { checkRoom } from './checkRoom.js';
import { composedImages } from './composedImages.js';
import type { DeviceImages } from './DeviceImages.js';
import { kernelImages, TAKE_IMAGES } from './kernelImages.js';
import { valueTables } from './valueTables.js';

export interface ResidentImagesOptions {
  /** What the images go through; without it they keep their values 0..255. */
  readonly preprocessing?: Preprocessing;
}

export interface ReadResidentOptions {
  /**
   * How the images are varied: steps that only move pixels, `flip`, `padCrop`, `randomCrop` and `centerCrop`. Without it images go
   * through the preprocessing's `evaluation`.
   */
  readonly augment?: Augmentation;
  /** What it draws from. */
  readonly random?: SeededRandom;
}

/**
 * The images of a data set as bytes on the device of the current backend, from which batches are made there: read by index, cropped,
 * flipped and normalised. A batch then sends its indices and what was drawn, 32 bytes an image, instead of its pixels.
 *
 * The numbers are those of {@link DataIterator} and {@link readExamples}, bit for bit; only under `bc+` one value in about a million may
 * be the float32 next to it, or, near zero, off by 2⁻⁴⁷ of the largest. On webgpu one kernel of `@bcl/backends` does it, and a byte takes a byte;
 * elsewhere TensorFlow.js's ops do, for which it takes 4⁄3, and the host is faster.
 *
 * It holds tensors, outside of any tidy, until `dispose`.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { compose, embedded, ResidentImages } from '@bcl/datasets';
 * import { createRandom } from '@bcl/random';
 *
 * const resident = new ResidentImages(embedded({ size: 20 }));
 * const augment = compose([{ step: 'flip' }, { step: 'padCrop' }]);
 * const { xs, ys } = resident.read([3, 0, 7], { augment, random: createRandom(1) });
 * xs.shape; // => [3, 32, 32, 3]
 * tf.dispose([xs, ys]);
 * resident.dispose();
 * ```
 */
export class ResidentImages {
  readonly dataset: Dataset;
  readonly preprocessing: Preprocessing | undefined;
  readonly #backend: { readonly name: string; readonly itself: tf.KernelBackend };
  /** Whether they lie as our kernel reads them. */
  readonly #byKernel: boolean;
  #images: DeviceImages | undefined;

  /** @throws RangeError when the bytes do not fit into a buffer of the device. */
  constructor(dataset: Dataset, { preprocessing }: ResidentImagesOptions = {}) {
    checkDataset('ResidentImages', dataset);
    this.dataset = dataset;
    this.preprocessing = preprocessing;
    this.#backend = { name: tf.getBackend(), itself: tf.backend() };
    this.#byKernel = hasKernel();
    if (this.#byKernel) checkRoom(dataset, this.#backend.itself);
    const tables = valueTables(dataset, preprocessing);
    this.#images = (this.#byKernel ? kernelImages : composedImages)(dataset, tables);
    for (const tensor of this.#images.tensors) tf.keep(tensor);
  }

  /**
   * Reads the examples that have these indices, in their order; one may come more than once.
   *
   * @param indices Places in the data set, `[B]`, from 0.
   * @throws RangeError when an index lies outside the data set, or the augmentation does more than move pixels.
   */
  read(indices: ArrayLike<number>, options: ReadResidentOptions = {}): Batch {
    const which = Int32Array.from(indices);
    const { ids, rows } = labelsOf('ResidentImages', this.dataset, which);
    const xs = this.readImages(which, options);
    return {
      xs,
      ys: tf.tensor2d(rows, [ids.length, this.dataset.classNames.length]),
      ids,
      indices: which,
    };
  }

  /** The images of {@link ResidentImages.read} alone, `[B, H, W, C]` float32, the caller's. */
  readImages(indices: Int32Array, { augment, random }: ReadResidentOptions = {}): tf.Tensor4D {
    const { dataset, preprocessing } = this;
    const images = this.#held();
    const stray = indices.find((index) => !(index >= 0 && index < dataset.labels.length));
    if (stray !== undefined) {
      throw new RangeError(
        `ResidentImages: indices must be from 0 to ${dataset.labels.length - 1}, got ${stray}`,
      );
    }
    const steps = augment?.steps ?? preprocessing?.evaluation.steps ?? [];
    checkResidentSteps('ResidentImages', steps, preprocessing);
    const shape = [indices.length, ...dataset.shape] as const;
    if (preprocessing) checkBatchShape('ResidentImages', shape, preprocessing.shape, steps);
    const [change] = changesOf(drawSteps(steps, shape, random).steps, shape);
    const views = change?.kind === 'move' ? change.views : undefined;
    return tf.tidy(() => images.take(indices, views));
  }

  /** Gives the memory back. Batches that were read stay their takers'. */
  dispose(): void {
    if (this.#images) tf.dispose([...this.#images.tensors]);
    this.#images = undefined;
  }

  #held(): DeviceImages {
    if (!this.#images) {
      throw new Error('ResidentImages: the images were disposed; make new ones');
    }
    const { name, itself } = this.#backend;
    if (tf.backend() !== itself) {
      throw new Error(
        `ResidentImages: the images must be read on the backend that holds them, ${name}, got ${tf.getBackend()}; go back to it, or make new ones`,
      );
    }
    if (this.#byKernel && !hasKernel()) {
      throw new Error(
        `ResidentImages: the images lie as the kernel ${TAKE_IMAGES} reads them, which is switched off; make new ones`,
      );
    }
    return this.#images;
  }
}

/** Whether the current backend has our kernel. */
function hasKernel(): boolean {
  return tf.getKernel(TAKE_IMAGES, tf.getBackend()) !== undefined;
}
