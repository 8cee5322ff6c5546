import { applyChange } from './applyChange.js';
import {
  drawPcaColor,
  type PcaColorOptions,
  type PcaColorPlan,
  pcaColorChange,
} from './drawPcaColor.js';
import { checkImageBatch, type ImageBatch } from './images.js';

/**
 * Changes the light of each image: adds to every pixel
 *
 *     255 · Σ αᵢ λᵢ pᵢ,   αᵢ normal (0, 0.1)
 *
 * where pᵢ and λᵢ are the directions in which the colours of the training set vary, and their variances for values 0..1. Those of
 * ImageNet are the default; `fitPcaColor` finds them for another set.
 *
 * @param images `[B, H, W, C]`, a tensor or in plain memory, values 0..255; kept.
 * @returns The same kind, of the same shape, owned by the caller. Bytes are rounded and stay within 0..255, floats may leave it.
 *
 * @example
 * ```ts
 * import { applyPcaColor, pcaColor } from '@bcl/datasets';
 * import { createRandom } from '@bcl/random';
 *
 * const images = { data: Uint8Array.of(10, 20, 30, 250, 250, 250), shape: [1, 1, 2, 3] as const };
 * applyPcaColor(images, { colors: Float32Array.of(5.6, 7, -11) }).data; // => [16, 27, 19, 255, 255, 239]
 * pcaColor(images, { random: createRandom(1) }).shape; // => [1, 1, 2, 3]
 * ```
 *
 * @see Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 4.1.
 */
export function pcaColor<T extends ImageBatch>(images: T, options: PcaColorOptions): T {
  checkImageBatch('pcaColor', images);
  return applyPcaColor(images, drawPcaColor(images.shape, options));
}

/** Adds the colours of the plan. */
export function applyPcaColor<T extends ImageBatch>(images: T, plan: PcaColorPlan): T {
  checkImageBatch('applyPcaColor', images);
  return applyChange(images, pcaColorChange(plan, images.shape));
}
