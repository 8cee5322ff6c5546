import type { ByteImages, BytePlan, ByteViews } from './BytePlan.js';

/** Refuses data whose parts contradict each other, cheaply: labels are looked at where they are used. */
export function checkData({ images, labels, shape }: ByteImages): void {
  if (!(images instanceof Uint8Array)) {
    throw new TypeError(
      `mixBytes: images must be bytes, a Uint8Array of values 0..255, got ${typeof images}`,
    );
  }
  if (!Array.isArray(shape) || shape.length !== 3 || !shape.every(isCount)) {
    throw new RangeError(
      `mixBytes: shape must be [height, width, channels], got ${JSON.stringify(shape)}`,
    );
  }
  const size = shape[0] * shape[1] * shape[2];
  if (images.length !== labels.length * size) {
    throw new RangeError(
      `mixBytes: ${labels.length} labels and shape [${shape.join(', ')}] need ${labels.length * size} image bytes, got ${images.length}`,
    );
  }
}

/** Refuses statistics that are not one for each channel. */
export function checkStatistics(
  [, , channels]: readonly [number, number, number],
  mean: readonly number[],
  std: readonly number[],
): void {
  const good = (values: readonly number[], holds: (x: number) => boolean) =>
    values?.length === channels && Array.prototype.every.call(values, holds);
  if (!good(mean, Number.isFinite)) {
    throw new RangeError(
      `mixBytes: mean must be ${channels} finite numbers, one for each channel, got ${JSON.stringify(mean)}`,
    );
  }
  if (!good(std, (x) => Number.isFinite(x) && x > 0)) {
    throw new RangeError(
      `mixBytes: std must be ${channels} numbers above 0, one for each channel, got ${JSON.stringify(std)}`,
    );
  }
}

/** Refuses a plan that is not for this data; its batch size. */
export function checkPlan({ labels }: ByteImages, plan: BytePlan): number {
  const { first, second, ratio, padding } = plan;
  if (!Number.isInteger(padding) || padding < 0) {
    throw new RangeError(`mixBytes: padding must be a whole number from 0, got ${padding}`);
  }
  const count = ratio.length;
  for (let i = 0; i < count; i++) {
    const r = ratio[i] as number;
    if (!(r >= 0 && r <= 1)) throw new RangeError(`mixBytes: ratio must lie in 0..1, got ${r}`);
  }
  checkViews('first', first, count, labels.length, padding);
  checkViews('second', second, count, labels.length, padding);
  return count;
}

function checkViews(
  name: string,
  { index, flip, top, left }: ByteViews,
  count: number,
  images: number,
  padding: number,
): void {
  if (![index, flip, top, left].every(({ length }) => length === count)) {
    throw new RangeError(
      `mixBytes: a plan for ${count} ratios needs as many of all, got ${name} with ${index.length} indices, ${flip.length} flips, ${top.length} tops and ${left.length} lefts`,
    );
  }
  for (let i = 0; i < count; i++) {
    inRange(`${name}.index`, index[i], images - 1);
    inRange(`${name}.top`, top[i], 2 * padding);
    inRange(`${name}.left`, left[i], 2 * padding);
  }
}

function inRange(name: string, value: number | undefined, last: number): void {
  if (!(Number.isInteger(value) && (value as number) >= 0 && (value as number) <= last)) {
    throw new RangeError(`mixBytes: ${name} must be whole numbers of 0..${last}, got ${value}`);
  }
}

/** The number of classes, once the labels of the batch are known to be such. */
export function checkClasses(
  { labels, classNames }: ByteImages,
  { first, second }: BytePlan,
  numClasses: number | undefined,
): number {
  const classes = numClasses ?? classNames?.length;
  if (!isCount(classes)) {
    throw new RangeError(
      `mixBytes: numClasses must be a whole number from 1, got ${classes}; give it, or data with classNames`,
    );
  }
  for (const { index } of [first, second]) {
    for (let i = 0; i < index.length; i++) {
      const label = labels[index[i] as number] as number;
      if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
        throw new RangeError(
          `mixBytes: labels must be whole numbers of 0..${classes - 1}, got ${label} for image ${index[i]}; is numClasses right?`,
        );
      }
    }
  }
  return classes;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1;
}
