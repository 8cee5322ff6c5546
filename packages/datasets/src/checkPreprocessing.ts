import { compose } from './augment/compose.js';
import { checkImageBatch, type RawImages } from './augment/images.js';
import type { AugmentationStep } from './augment/Step.js';
import { show } from './dataset.js';

/**
 * What a model is trained with: `standard` and `bc` normalise each channel; `bc+` takes each
 * image's own mean away before that.
 */
export type PreprocessingMethod = 'standard' | 'bc' | 'bc+';

type Shape = readonly [height: number, width: number, channels: number];

/** Images in plain memory with their shape; bare bytes are images of `shape`, which no steps make. */
export function rawImagesOf(
  caller: string,
  images: Uint8Array | RawImages,
  shape: Shape,
  steps: readonly AugmentationStep[],
  count: number | undefined,
): RawImages {
  if (!(images instanceof Uint8Array)) {
    if (!Array.isArray(images?.shape)) {
      throw new TypeError(
        `${caller}: images must be a Uint8Array, { data, shape } or a tensor of values 0..255`,
      );
    }
    checkImageBatch(caller, images);
    return images;
  }
  if (steps.length > 0) {
    throw new TypeError(
      `${caller}: images that are resized must be { data, shape: [B, H, W, C] } or a tensor, got bare bytes`,
    );
  }
  const pixels = shape[0] * shape[1] * shape[2];
  const held = images.length / pixels;
  if (!Number.isInteger(held) || held === 0 || (count ?? held) !== held) {
    throw new RangeError(
      `${caller}: ${count ?? 'whole'} images of [${shape.join(', ')}] need ${pixels} bytes each, got ${images.length} bytes`,
    );
  }
  return { data: images, shape: [held, ...shape] };
}

/** Refuses a batch that is no `[B, H, W, C]`, does not become images of `wanted`, or is not `count` of them. */
export function checkBatchShape(
  caller: string,
  batch: readonly number[],
  wanted: Shape,
  steps: readonly AugmentationStep[] = [],
  count?: number,
): void {
  const [held, height, width, channels] = batch as [number, number, number, number];
  const given = batch.length === 4 && compose(steps).outputShape([height, width, channels]);
  if (!given || !sameShape(given, wanted)) {
    const sides = steps.length > 0 ? ['H', 'W', wanted[2]] : wanted;
    throw new RangeError(
      `${caller}: images must be [B, ${sides.join(', ')}], got [${batch.join(', ')}]`,
    );
  }
  if (count !== undefined && held !== count) {
    throw new RangeError(`${caller}: expected ${count} images, got ${held}`);
  }
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, i) => side === b[i]);
}

export function checkMethod(
  caller: string,
  method: unknown,
): asserts method is PreprocessingMethod {
  if (method !== 'standard' && method !== 'bc' && method !== 'bc+') {
    throw new RangeError(
      `${caller}: method must be 'standard', 'bc' or 'bc+', got ${show(method)}`,
    );
  }
}

export function checkChannels(
  name: string,
  values: unknown,
  channels: number,
  wanted: string,
  good: (x: number) => boolean,
): void {
  if (!Array.isArray(values) || values.length !== channels || !values.every(good)) {
    throw new RangeError(
      `Preprocessing: ${name} must be ${channels} ${wanted}, one for each channel, got ${JSON.stringify(values)}`,
    );
  }
}
