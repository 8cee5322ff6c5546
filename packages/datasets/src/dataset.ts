/** Labelled images as plain bytes: what the readers give and everything else here takes. */
export interface Dataset {
  /** What to call it in a report. */
  readonly name: string;
  /** `N · H · W · C` bytes, 0..255: image after image, row after row, the channels of a pixel together. */
  readonly images: Uint8Array;
  /** Class of each image, 0 .. `classNames.length` − 1. */
  readonly labels: Uint8Array | Int32Array;
  /** Height, width and channels of one image. */
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classNames: readonly string[];
}

/** The part of a data set that it is read for. */
export type Split = 'train' | 'test';

/** Refuses a data set whose parts contradict each other; `caller` begins the message. */
export function checkDataset(caller: string, dataset: Dataset): void {
  const { images, labels, shape, classNames } = dataset;
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
