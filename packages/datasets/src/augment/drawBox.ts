import { type Random, uniformInt } from '@bcl/random';
import type { Box } from './change.js';

/** Least and largest. */
export type Range = readonly [least: number, largest: number];

/** Boxes that are tried; torchvision's number. */
const TRIES = 10;

/**
 * Draws a box in an image: its share of the area uniform in `scale`, the logarithm of its width over its height uniform in that of
 * `ratio`, its place uniform. Draws again where it does not fit; nothing after ten tries.
 */
export function drawBox(
  random: Random,
  height: number,
  width: number,
  scale: Range,
  ratio: Range,
): Box | undefined {
  const [low, high] = [Math.log(ratio[0]), Math.log(ratio[1])];
  for (let i = 0; i < TRIES; i++) {
    const area = height * width * (scale[0] + (scale[1] - scale[0]) * random());
    const shape = Math.exp(low + (high - low) * random());
    const box = {
      height: Math.round(Math.sqrt(area / shape)),
      width: Math.round(Math.sqrt(area * shape)),
    };
    if (box.height < 1 || box.width < 1 || box.height > height || box.width > width) continue;
    const top = uniformInt(random, height - box.height + 1);
    const left = uniformInt(random, width - box.width + 1);
    return { ...box, top, left };
  }
  return undefined;
}

/** Refuses what is no pair of numbers above 0, the first at most the second, and that at most `limit`. */
export function checkRange(
  caller: string,
  name: string,
  range: unknown,
  limit: number = Number.MAX_VALUE,
): asserts range is Range {
  const [least, largest] = (Array.isArray(range) && range.length === 2 ? range : []) as number[];
  if (
    !(
      (least as number) > 0 &&
      (least as number) <= (largest as number) &&
      (largest as number) <= limit
    )
  ) {
    const most = limit === Number.MAX_VALUE ? '' : ` and at most ${limit}`;
    throw new RangeError(
      `${caller}: ${name} must be [least, largest], above 0${most}, got ${JSON.stringify(range)}`,
    );
  }
}

/** Boxes of a batch as a plan keeps them, each `[B]`, pixels. */
export interface Boxes {
  readonly top: Int32Array;
  readonly left: Int32Array;
  readonly height: Int32Array;
  readonly width: Int32Array;
}

export function packBoxes(boxes: readonly Box[]): Boxes {
  const side = (name: keyof Box) => Int32Array.from(boxes, (box) => box[name]);
  return { top: side('top'), left: side('left'), height: side('height'), width: side('width') };
}

/** The boxes one by one. Refuses those that do not lie in the image, or have no area where they must. */
export function unpackBoxes(
  caller: string,
  { top, left, height, width }: Boxes,
  size: readonly [number, number],
  least: 0 | 1,
): Box[] {
  return Array.from(top, (y, b) => {
    const box = { top: y, left: left[b] ?? -1, height: height[b] ?? -1, width: width[b] ?? -1 };
    const fits = (begin: number, length: number, whole: number) =>
      begin >= 0 && length >= least && begin + length <= whole;
    if (!fits(box.top, box.height, size[0]) || !fits(box.left, box.width, size[1])) {
      throw new RangeError(
        `${caller}: boxes must lie in images of [${size.join(', ')}], got ${JSON.stringify(box)} for image ${b}`,
      );
    }
    return box;
  });
}
