import { normal, type Random } from '@bcl/random';
import type { Box, Patch } from './change.js';
import { type Boxes, checkRange, drawBox, packBoxes, type Range, unpackBoxes } from './drawBox.js';
import { checkProbability } from './drawFlip.js';
import type { ImageBatchShape } from './images.js';

/** One value for every channel, one for each, or noise in every pixel: normal (0, 1), or uniform 0..255. */
export type ErasingFill = number | readonly number[] | 'normal' | 'uniform';

export interface RandomErasingOptions {
  readonly random: Random;
  /** Probability that a box of an image is erased. Default ½. */
  readonly probability?: number;
  /** Least and largest share of the image's area that the box has. Default 0.02 to 0.4. */
  readonly scale?: Range;
  /** Least and largest width of the box over its height. Default 0.3 to 1 / 0.3. */
  readonly ratio?: Range;
  /**
   * What the box is painted with. Default 0, which after preprocessing is the data set's mean colour; `'normal'` is noise for
   * preprocessed images and `'uniform'` for raw ones, 0..255.
   */
  readonly fill?: ErasingFill;
}

/** Which box of each image is painted over; one without height leaves its image as it is. */
export interface RandomErasingPlan extends Boxes {
  /** One value for each channel, or those of all boxes one after the other. */
  readonly values: Float32Array;
}

/** What Zhong et al. recommend. */
export const ERASING_SCALE: Range = [0.02, 0.4];
export const ERASING_RATIO: Range = [0.3, 1 / 0.3];

/**
 * Draws for each image of a batch whether, and which, box of it is erased, and then the noise, if any.
 *
 * @param shape The batch's.
 */
export function drawRandomErasing(
  [count, height, width, channels]: ImageBatchShape,
  {
    random,
    probability = 0.5,
    scale = ERASING_SCALE,
    ratio = ERASING_RATIO,
    fill = 0,
  }: RandomErasingOptions,
): RandomErasingPlan {
  checkProbability('drawRandomErasing', probability);
  checkRange('drawRandomErasing', 'scale', scale, 1);
  checkRange('drawRandomErasing', 'ratio', ratio);
  checkFill('drawRandomErasing', fill, channels);
  const boxes = Array.from({ length: count }, () => {
    if (random() >= probability) return NO_BOX;
    return drawBox(random, height, width, scale, ratio) ?? NO_BOX;
  });
  const area = boxes.reduce((sum, box) => sum + box.height * box.width, 0);
  return { ...packBoxes(boxes), values: valuesOf(fill, random, area, channels) };
}

const NO_BOX: Box = { top: 0, left: 0, height: 0, width: 0 };

function valuesOf(fill: ErasingFill, random: Random, area: number, channels: number): Float32Array {
  if (typeof fill === 'number') return new Float32Array(channels).fill(fill);
  if (typeof fill !== 'string') return Float32Array.from(fill);
  const draw = fill === 'normal' ? () => normal(random) : () => 255 * random();
  return Float32Array.from({ length: area * channels }, draw);
}

export function erasingChange(plan: RandomErasingPlan, shape: ImageBatchShape): Patch {
  const [, height, width, channels] = shape;
  const boxes = unpackBoxes('applyRandomErasing', plan, [height, width], 0);
  const area = boxes.reduce((sum, box) => sum + box.height * box.width, 0);
  const { values } = plan;
  if (values.length !== channels && values.length !== area * channels) {
    throw new RangeError(
      `applyRandomErasing: values must be ${channels}, one for each channel, or ${area * channels}, one for each of the boxes, got ${values.length}`,
    );
  }
  return { kind: 'patch', boxes, values };
}

/** Refuses a fill that is none; with `channels`, one that is for another number of them. */
export function checkFill(caller: string, fill: unknown, channels?: number): void {
  const colors = Array.isArray(fill) ? fill : [fill];
  if (fill === 'normal' || fill === 'uniform') return;
  if (!colors.every(Number.isFinite) || colors.length === 0) {
    throw new RangeError(
      `${caller}: fill must be a number, one for each channel, 'normal' or 'uniform', got ${JSON.stringify(fill)}`,
    );
  }
  if (Array.isArray(fill) && channels !== undefined && fill.length !== channels) {
    throw new RangeError(
      `${caller}: fill must have a value for each of ${channels} channels, got ${fill.length}`,
    );
  }
}
