import type * as tf from '@tensorflow/tfjs-core';

/** A batch of images in plain memory. */
export interface RawImages<T extends Uint8Array | Float32Array = Uint8Array | Float32Array> {
  /** `B · H · W · C` values: bytes 0..255, or floats on any scale. */
  readonly data: T;
  readonly shape: ImageBatchShape;
}

/** Images as a tensor `[B, H, W, C]` or in plain memory. What is given as one comes back as the same. */
export type ImageBatch = tf.Tensor4D | RawImages;

export type ImageBatchShape = readonly [
  batch: number,
  height: number,
  width: number,
  channels: number,
];

/** Height and width, pixels. */
export type ImageSize = readonly [height: number, width: number];

/** Refuses what is no `[B, H, W, C]`, or holds another number of images than the plan was drawn for. */
export function checkImageBatch(caller: string, images: ImageBatch, planned?: number): void {
  const shape: readonly number[] | undefined = images?.shape;
  if (shape?.length !== 4) {
    const got = shape ? `[${shape.join(', ')}]` : typeof images;
    throw new RangeError(
      `${caller}: images must be [B, H, W, C]${shape ? '' : ', a tensor or { data, shape }'}, got ${got}`,
    );
  }
  if (!isTensor(images)) checkRawImages(caller, images);
  if (planned !== undefined && shape[0] !== planned) {
    throw new RangeError(
      `${caller}: the plan is for ${planned} images, got ${shape[0]}; draw one for this batch`,
    );
  }
}

/** Whether images are a tensor. */
export function isTensor(images: ImageBatch): images is tf.Tensor4D {
  return 'dataId' in images;
}

/** Refuses images in plain memory whose data is of another kind or length than their shape says. */
function checkRawImages(caller: string, { data, shape }: RawImages): void {
  if (!(data instanceof Uint8Array || data instanceof Float32Array)) {
    throw new TypeError(
      `${caller}: data must be a Uint8Array or a Float32Array, got ${(data as object | undefined)?.constructor.name}`,
    );
  }
  const wanted = shape.reduce((product, side) => product * side, 1);
  if (data.length !== wanted) {
    throw new RangeError(
      `${caller}: images [${shape.join(', ')}] need ${wanted} values, got ${data.length}`,
    );
  }
}

/** Refuses a size that is not two whole numbers from 1. */
export function checkSize(caller: string, size: unknown): asserts size is ImageSize {
  const good =
    Array.isArray(size) &&
    size.length === 2 &&
    size.every((side) => Number.isInteger(side) && side > 0);
  if (!good) {
    throw new RangeError(
      `${caller}: size must be [height, width] in whole pixels, got ${JSON.stringify(size)}`,
    );
  }
}
