import type { SeededRandom } from '@bcl/random';
import type { Change } from '../augment/change.js';
import { changeRaw } from '../augment/changeRaw.js';
import type { ImageBatchShape, RawImages } from '../augment/images.js';
import { changesOf, drawSteps, stageOf } from '../augment/planSteps.js';
import { resampleFloats } from '../augment/resampleRaw.js';
import type { AugmentationStep } from '../augment/Step.js';
import {
  type Allocate,
  type ImagePool,
  type Normalization,
  newFloats,
  normalizeImages,
} from './normalizeImages.js';

/** What images go through, as plain data: it can be sent to another thread. */
export interface Transform {
  readonly steps: readonly AugmentationStep[];
  readonly normalization?: Normalization;
}

/**
 * Draws and makes a batch of what the model is fed: the steps for raw images, the normalisation, and the other steps. Nothing is
 * rounded on the way but to float32, and no tensor is made, so that other threads do it as well.
 *
 * @param random What the steps draw from; the batch's own.
 * @param allocate Where the result is written; new memory by default.
 */
export function prepareImages(
  pool: ImagePool,
  { steps, normalization }: Transform,
  random?: SeededRandom,
  allocate: Allocate = newFloats,
): RawImages<Float32Array> {
  if (steps.length === 0) return normalizeImages(pool, normalization, undefined, allocate);
  const shape: ImageBatchShape = [pool.indices.length, ...pool.shape];
  const plans = drawSteps(steps, shape, random).steps;
  const raw = steps.map(stageOf).lastIndexOf('raw') + 1;
  const varied = raw === 0 ? pool : varyRaw(pool, changesOf(plans.slice(0, raw), shape));
  const changes = changesOf(plans.slice(raw), [shape[0], ...varied.shape]);
  const [first] = changes;
  const views = first?.kind === 'move' ? first.views : undefined;
  const rest = views ? changes.slice(1) : changes;
  if (rest.length === 0) return normalizeImages(varied, normalization, views, allocate);
  const normal = normalizeImages(varied, normalization, views);
  const last = rest.reduce<RawImages<Float32Array>>(changeRaw, normal);
  const data = allocate(last.shape);
  data.set(last.data);
  return { data, shape: last.shape };
}

/** Makes a change whose result is floats if it is calculated. */
function changeUnrounded(images: RawImages, change: Change): RawImages {
  if (change.kind === 'move') return changeRaw(images, change);
  if (change.kind === 'resample') return resampleFloats(images, change);
  const { data } = images;
  return changeRaw(
    data instanceof Float32Array ? images : { ...images, data: new Float32Array(data) },
    change,
  );
}

/** Makes changes to raw images, as floats once something is calculated. */
function varyRaw({ data, indices, shape }: ImagePool, changes: readonly Change[]): ImagePool {
  const size = shape[0] * shape[1] * shape[2];
  const gathered = new Uint8Array(indices.length * size);
  indices.forEach((index, b) => {
    gathered.set(data.subarray(index * size, (index + 1) * size), b * size);
  });
  let images: RawImages = { data: gathered, shape: [indices.length, ...shape] };
  for (const change of changes) images = changeUnrounded(images, change);
  const [count, height, width, channels] = images.shape;
  return {
    data: images.data,
    indices: Int32Array.from({ length: count }, (_, b) => b),
    shape: [height, width, channels],
  };
}
