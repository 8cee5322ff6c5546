import { normal, type Random } from '@bcl/random';
import type { Shift } from './change.js';
import type { ImageBatchShape } from './images.js';

/** Directions in which the colours of a set of images vary, and how much. */
export interface ColorComponents {
  /** Variance of the colours in each direction, for values 0..1. */
  readonly eigenvalues: readonly number[];
  /** The directions as columns: row `c` is what channel `c` has of each. */
  readonly eigenvectors: readonly (readonly number[])[];
}

export interface PcaColorOptions extends Partial<ColorComponents> {
  readonly random: Random;
  /** Standard deviation of the factors α. Default 0.1. */
  readonly sigma?: number;
}

/** How the colour of each image changes. */
export interface PcaColorPlan {
  /** What is added to the channels of each image, in values 0..255, `[B, C]`. */
  readonly colors: Float32Array;
}

/** Of ImageNet's training images, red, green and blue; fb.resnet.torch, datasets/imagenet.lua. */
export const IMAGENET_COLORS: ColorComponents = {
  eigenvalues: [0.2175, 0.0188, 0.0045],
  eigenvectors: [
    [-0.5675, 0.7192, 0.4009],
    [-0.5808, -0.0045, -0.814],
    [-0.5836, -0.6948, 0.4203],
  ],
};

/**
 * Draws for each image of a batch a factor α for each direction, normal (0, `sigma`), and from them the change of its colour,
 * 255 · Σ αᵢ λᵢ pᵢ.
 *
 * @param shape The batch's.
 */
export function drawPcaColor(
  [count, , , channels]: ImageBatchShape,
  {
    random,
    sigma = 0.1,
    eigenvalues = IMAGENET_COLORS.eigenvalues,
    eigenvectors = IMAGENET_COLORS.eigenvectors,
  }: PcaColorOptions,
): PcaColorPlan {
  checkSigma('drawPcaColor', sigma);
  checkColorComponents('drawPcaColor', { eigenvalues, eigenvectors });
  if (eigenvalues.length !== channels) {
    throw new RangeError(
      `drawPcaColor: eigenvalues must be ${channels}, one for each channel, got ${eigenvalues.length}; fit them on these images with fitPcaColor`,
    );
  }
  const colors = new Float32Array(count * channels);
  for (let b = 0; b < count; b++) {
    const steps = eigenvalues.map((variance) => 255 * sigma * normal(random) * variance);
    eigenvectors.forEach((row, c) => {
      colors[b * channels + c] = row.reduce((sum, part, i) => sum + part * (steps[i] as number), 0);
    });
  }
  return { colors };
}

export function pcaColorChange({ colors }: PcaColorPlan, shape: ImageBatchShape): Shift {
  const wanted = shape[0] * shape[3];
  if (colors.length !== wanted) {
    throw new RangeError(
      `applyPcaColor: the plan must have ${wanted} values, one for each channel of ${shape[0]} images, got ${colors.length}`,
    );
  }
  return { kind: 'shift', colors };
}

export function checkSigma(caller: string, sigma: unknown): void {
  if (!(Number.isFinite(sigma) && (sigma as number) >= 0)) {
    throw new RangeError(`${caller}: sigma must be 0 or more, got ${sigma}`);
  }
}

/** Refuses eigenvalues and eigenvectors that do not fit each other. */
export function checkColorComponents(
  caller: string,
  { eigenvalues, eigenvectors }: ColorComponents,
): void {
  const numbers = (row: unknown) => Array.isArray(row) && row.every(Number.isFinite);
  if (!numbers(eigenvalues) || eigenvalues.some((variance) => variance < 0)) {
    throw new RangeError(
      `${caller}: eigenvalues must be variances, 0 or more, got ${JSON.stringify(eigenvalues)}`,
    );
  }
  const channels = eigenvalues.length;
  const square =
    Array.isArray(eigenvectors) &&
    eigenvectors.length === channels &&
    eigenvectors.every((row) => numbers(row) && row.length === channels);
  if (!square) {
    throw new RangeError(
      `${caller}: eigenvectors must be ${channels} rows of ${channels} numbers, got ${JSON.stringify(eigenvectors)}`,
    );
  }
}
