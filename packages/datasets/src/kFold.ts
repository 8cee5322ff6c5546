import { type Random, shuffled } from '@bcl/random';
import { checkDataset, type Dataset, show } from './dataset.js';
import { indicesByClass } from './indicesByClass.js';

export interface KFoldOptions {
  /** How many folds, from 2 to the number of images. Default 10. */
  readonly folds?: number;
  /** Deals the images out. */
  readonly random: Random;
}

/** One way to train on most of a data set and test on the rest. */
export interface Fold {
  /** Places in the data set, in ascending order. */
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * Deals the images of a data set out to folds, each of which is tested on once by what was trained on the
 * others. Of each class every fold gets as many as the next, or one more; of all images, too. {@link subset}
 * makes data sets of them.
 *
 * @throws RangeError when there are not that many images.
 *
 * @example
 * ```ts
 * import { embedded, kFold, subset } from '@bcl/datasets';
 * import { createRandom } from '@bcl/random';
 *
 * const all = embedded({ size: 100 });
 * const [first] = kFold(all, { folds: 10, random: createRandom(1).stream('folds') });
 * const test = subset(all, first.test);
 * test.labels.sort(); // => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
 * ```
 */
export function kFold(dataset: Dataset, { folds = 10, random }: KFoldOptions): readonly Fold[] {
  checkDataset('kFold', dataset);
  const count = dataset.labels.length;
  if (!Number.isInteger(folds) || folds < 2 || folds > count) {
    throw new RangeError(
      `kFold: folds must be a whole number from 2 to the ${count} images of ${dataset.name}, got ${show(folds)}`,
    );
  }
  const foldOf = new Int32Array(count);
  let next = 0;
  for (const places of indicesByClass(dataset)) {
    // Class after class goes on where the last left off, so that no fold gets all of the leftovers.
    for (const k of shuffled(random, places.length)) {
      foldOf[places[k] as number] = next;
      next = (next + 1) % folds;
    }
  }
  const all = Int32Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: folds }, (_, fold) => ({
    train: all.filter((i) => foldOf[i] !== fold),
    test: all.filter((i) => foldOf[i] === fold),
  }));
}
