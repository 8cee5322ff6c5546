import { type DataId, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { shortly } from '../importOptional.js';
import type { WebgpuBackend, WebgpuDevice } from './webgpuKernel.js';

/** What we replace of a backend (4.22: `WebGPUBackend`), and look at for that. */
interface Guarded extends WebgpuBackend {
  readonly tensorMap: { get(id: DataId): Pick<TensorInfo, 'shape'> & { resource?: object | null } };
  uploadToGPU(id: DataId): void;
}

const guarded = new WeakSet<WebgpuBackend>();

/**
 * Makes errors of a GPU errors of the program. By itself the backend goes on after one: a tensor too large for the device, memory that has
 * run out, a shader that does not run or a device that is lost leave numbers that mean nothing.
 *
 * - A tensor larger than the device can bind is refused when it would be made, with the first length (the batch) that fits.
 * - After any error of the device, reading a tensor throws it.
 *
 * Calling it again for a backend does nothing.
 */
export function guardDevice(backend: WebgpuBackend): void {
  const { tensorMap, uploadToGPU } = backend as Guarded;
  if (guarded.has(backend) || typeof uploadToGPU !== 'function' || !tensorMap) return;
  guarded.add(backend);
  const { device } = backend;
  let failure: Error | undefined;
  device.addEventListener('uncapturederror', ({ error }) => {
    failure ??= failed(error);
  });
  void device.lost.then(({ reason, message }) => {
    // Whatever came before came of that, or led to it.
    failure = lost(reason, message);
  });

  (backend as Guarded).uploadToGPU = (id) => {
    const { shape, resource } = tensorMap.get(id);
    if (!resource) checkSize(shape, device.limits);
    uploadToGPU.call(backend, id);
  };
  const read = backend.read.bind(backend);
  backend.read = async (id) => {
    if (failure) throw copy(failure);
    let values: Awaited<ReturnType<typeof read>>;
    try {
      values = await read(id);
    } catch (error) {
      // The device says first that a read is broken off, and then why.
      await new Promise((resolve) => setTimeout(resolve));
      throw failure ? copy(failure) : error;
    }
    if (failure) throw copy(failure);
    return values;
  };
}

function checkSize(shape: number[], { maxBufferSize, maxStorageBufferBindingSize }: Limits): void {
  const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
  const bytes = 4 * util.sizeFromShape(shape);
  if (bytes <= most) return;
  const [first = 1] = shape;
  const fits = Math.floor((most / bytes) * first);
  const wayOut =
    fits > 0
      ? `${fits} of its ${first} would fit: use a batch of at most ${fits}`
      : 'not one of its examples fits: use smaller images or a smaller model';
  throw new RangeError(
    `webgpu: a tensor must fit into a buffer of ${inMiB(most)}, the limit of this device, got ${inMiB(bytes)} for [${shape.join(', ')}]; ${wayOut}`,
  );
}

type Limits = WebgpuDevice['limits'];

function inMiB(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

function failed(error: { message: string }): Error {
  const said = shortly(error);
  return error.constructor.name === 'GPUOutOfMemoryError' || /out of memory/i.test(said)
    ? new Error(`webgpu: the GPU has no memory left (${said}); use a smaller batch`)
    : new Error(
        `webgpu: the GPU reports an error (${said}), so results mean nothing; update its driver, or use another backend`,
      );
}

function lost(reason: string, message: string): Error {
  const why = shortly(message) || reason;
  return new Error(
    `webgpu: the GPU device was lost (${why}), and all tensors with it; start the program again and go on from the last checkpoint`,
  );
}

/** The same with the place where it shows. */
function copy({ message }: Error): Error {
  return new Error(message);
}
