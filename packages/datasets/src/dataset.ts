/** Labelled images as plain bytes: what the readers give and everything else here takes. */
export interface Dataset {
  /** What to call it in a report. */
  readonly name: string;
  /** `N · H · W · C` bytes, 0..255: image after image, row after row, the channels of a pixel together. */
  readonly images: Uint8Array;
  /** Class of each image, 0 .. `classNames.length` − 1. */
  readonly labels: Uint8Array | Int32Array;
  /** What to learn instead of one class, where there is more to say: `N · K` shares, a row an image, each row of sum 1. */
  readonly softLabels?: Float32Array;
  /** Height, width and channels of one image. */
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classNames: readonly string[];
}

/** The part of a data set that it is read for. */
export type Split = 'train' | 'test';

/** How far from 1 the sum of a row of shares may be: float32 leaves much less. */
const SUM_TOLERANCE = 1e-3;

/** Refuses a data set whose parts contradict each other; `caller` begins the message. */
export function checkDataset(caller: string, dataset: Dataset): void {
  const { images, labels, softLabels, shape, classNames } = dataset;
  if (!(images instanceof Uint8Array)) {
    throw new TypeError(
      `${caller}: images must be bytes, a Uint8Array of values 0..255, got ${kind(images)}; round and clamp them`,
    );
  }
  if (!(labels instanceof Uint8Array || labels instanceof Int32Array)) {
    throw new TypeError(
      `${caller}: labels must be a Uint8Array or an Int32Array, got ${kind(labels)}`,
    );
  }
  if (!isImageShape(shape)) {
    throw new RangeError(
      `${caller}: shape must be [height, width, channels], got ${JSON.stringify(shape)}`,
    );
  }
  if (labels.length === 0) throw new RangeError(`${caller}: the data set holds no images`);
  const pixels = shape[0] * shape[1] * shape[2];
  if (images.length !== labels.length * pixels) {
    throw new RangeError(
      `${caller}: ${labels.length} labels and shape [${shape.join(', ')}] need ${labels.length * pixels} image bytes, got ${images.length}`,
    );
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if (label < 0 || label >= classNames.length) {
      throw new RangeError(
        `${caller}: labels must be 0..${classNames.length - 1}, one for each of the ${classNames.length} class names, got ${label} for image ${i}`,
      );
    }
  }
  if (softLabels !== undefined) {
    checkSoftLabels(caller, softLabels, labels.length, classNames.length);
  }
}

/** Refuses rows of shares that are not one an image, from 0, of sum 1. */
function checkSoftLabels(caller: string, rows: Float32Array, count: number, classes: number): void {
  if (!(rows instanceof Float32Array) || rows.length !== count * classes) {
    throw new RangeError(
      `${caller}: softLabels must be a Float32Array of ${count} rows of ${classes} shares, got ${kind(rows)} of ${rows.length} numbers`,
    );
  }
  for (let i = 0; i < count; i++) {
    let sum = 0;
    let least = 0;
    for (let k = i * classes; k < (i + 1) * classes; k++) {
      sum += rows[k] as number;
      least = Math.min(least, rows[k] as number);
    }
    // Written so that NaN is refused as well.
    if (!(least >= 0 && Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new RangeError(
        `${caller}: each row of softLabels must be shares from 0 with the sum 1, got the sum ${sum} and the least ${least} for image ${i}; divide each row by its sum`,
      );
    }
  }
}

/** Whether `shape` is three whole numbers from 1. */
export function isImageShape(shape: unknown): shape is [number, number, number] {
  return (
    Array.isArray(shape) &&
    shape.length === 3 &&
    shape.every((side) => Number.isInteger(side) && side > 0)
  );
}

/** Refuses a split that is neither of the two. */
export function checkSplit(caller: string, split: unknown): asserts split is Split {
  if (split !== 'train' && split !== 'test') {
    throw new RangeError(`${caller}: split must be 'train' or 'test', got ${show(split)}`);
  }
}

/** Refuses a number of images that is not a whole number from 1. */
export function checkCount(caller: string, name: string, count: unknown): asserts count is number {
  if (!Number.isInteger(count) || (count as number) < 1) {
    throw new RangeError(`${caller}: ${name} must be a whole number from 1, got ${show(count)}`);
  }
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** The name of a value's class, for messages. */
function kind(value: unknown): string {
  return (value as object | undefined)?.constructor?.name ?? String(value);
}
