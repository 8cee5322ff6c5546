import type { Dataset } from './dataset.js';

/** Labels of some examples. */
export interface Labels {
  /** Class numbers, `[B]`. */
  readonly ids: Int32Array;
  /** A row an example, `B · K`: 1 at the class, or the soft labels. */
  readonly rows: Float32Array;
}

/** Labels of the examples of a data set that have these indices; refuses those that lie outside. */
export function labelsOf(
  caller: string,
  { labels, softLabels, classNames: { length: classes } }: Dataset,
  indices: ArrayLike<number>,
): Labels {
  const ids = Int32Array.from(indices, (index) => {
    const id = labels[index];
    if (id !== undefined) return id;
    throw new RangeError(
      `${caller}: indices must be whole numbers from 0 to ${labels.length - 1}, got ${index}`,
    );
  });
  if (!softLabels) return { ids, rows: oneHot(ids, classes) };
  const rows = new Float32Array(ids.length * classes);
  for (let b = 0; b < ids.length; b++) {
    const index = indices[b] as number;
    rows.set(softLabels.subarray(index * classes, (index + 1) * classes), b * classes);
  }
  return { ids, rows };
}

/** Rows that are 1 at the class. */
export function oneHot(ids: Int32Array, classes: number): Float32Array {
  const rows = new Float32Array(ids.length * classes);
  for (let b = 0; b < ids.length; b++) rows[b * classes + (ids[b] as number)] = 1;
  return rows;
}
