import type * as tf from '@tensorflow/tfjs-core';
import type { Dataset } from '../dataset.js';

/** What we look at of a backend that has such a device (TensorFlow.js 4.22: `WebGPUBackend`). */
interface LimitedBackend extends tf.KernelBackend {
  readonly device?: {
    readonly limits?: { maxStorageBufferBindingSize: number; maxBufferSize: number };
  };
}

/** Refuses bytes that no buffer of the device has room for. */
export function checkRoom({ name, images, labels }: Dataset, { device }: LimitedBackend): void {
  const limits = device?.limits;
  if (!limits) return;
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  if (images.length <= most) return;
  const fits = Math.floor((most / images.length) * labels.length);
  throw new RangeError(
    `ResidentImages: all bytes must fit into a buffer of ${inMiB(most)}, the limit of this device, got ${inMiB(images.length)} for the ${labels.length} images of ${name}; take a subset of at most ${fits}, or prepare batches on the host`,
  );
}

function inMiB(bytes: number): string {
  return `${Number((bytes / 2 ** 20).toPrecision(4))} MiB`;
}
