import { checkDataset, type Dataset } from './dataset.js';

/**
 * The images of a data set that have these indices, in their order, as a data set of its own: a fold, a
 * long-tailed version, a few to look at.
 *
 * @param indices Places in the data set, from 0; one may come more than once.
 * @param name What to call the new set. Default the name of the old one.
 * @throws RangeError when an index lies outside of the set.
 *
 * @example
 * ```ts
 * import { embedded, subset } from '@bcl/datasets';
 *
 * const some = subset(embedded({ size: 100 }), [3, 7, 8]);
 * some.labels.length; // => 3
 * ```
 */
export function subset(
  dataset: Dataset,
  indices: ArrayLike<number>,
  name: string = dataset.name,
): Dataset {
  checkDataset('subset', dataset);
  const { images, labels, softLabels, shape, classNames } = dataset;
  const pixels = shape[0] * shape[1] * shape[2];
  const classes = classNames.length;
  const count = indices.length;
  const chosen = {
    images: new Uint8Array(count * pixels),
    labels: labels instanceof Uint8Array ? new Uint8Array(count) : new Int32Array(count),
    rows: softLabels && new Float32Array(count * classes),
  };
  for (let i = 0; i < count; i++) {
    const index = indices[i] as number;
    const label = labels[index];
    if (label === undefined) {
      throw new RangeError(
        `subset: indices must be whole numbers from 0 to ${labels.length - 1}, got ${index}`,
      );
    }
    chosen.images.set(images.subarray(index * pixels, (index + 1) * pixels), i * pixels);
    chosen.labels[i] = label;
    if (softLabels) {
      chosen.rows?.set(softLabels.subarray(index * classes, (index + 1) * classes), i * classes);
    }
  }
  return {
    name,
    images: chosen.images,
    labels: chosen.labels,
    ...(chosen.rows ? { softLabels: chosen.rows } : {}),
    shape,
    classNames,
  };
}
