import * as tf from '@tensorflow/tfjs-core';
import { registerWebgpuKernels } from '../../../backends/src/index.js';
import { DataIterator } from '../dataIterator.js';
import { noise } from '../fixtures/noise.js';
import { Preprocessing } from '../preprocessing.js';
import { ResidentImages } from './ResidentImages.js';

const dataset = noise(50, [8, 8, 3]);

describe('images that are resident on webgpu', () => {
  test('take a byte for a byte, and one kernel a batch', async () => {
    const before = tf.memory().numBytes;
    const resident = new ResidentImages(dataset);
    expect(tf.memory().numBytes - before).toBe(dataset.images.length + 4 * 3 * 256);
    const { kernelNames } = await tf.profile(() => resident.read([1, 2, 3]).xs);
    expect(kernelNames).toEqual(['BclTakeImages']);
    resident.dispose();
  });

  test('are the same numbers without that kernel, and where it went, an error', async () => {
    const preprocessing = Preprocessing.fit(dataset, 'bc+');
    const resident = new ResidentImages(dataset, { preprocessing });
    const indices = Int32Array.of(0, 7, 49);
    const wanted = await resident.readImages(indices).data();
    await registerWebgpuKernels({ off: ['BclTakeImages'] });
    try {
      expect(() => resident.readImages(indices)).toThrow(
        'ResidentImages: the images lie as the kernel BclTakeImages reads them, which is switched off; make new ones',
      );
      const composed = new ResidentImages(dataset, { preprocessing });
      expect(await composed.readImages(indices).data()).toEqual(wanted);
      composed.dispose();
    } finally {
      await registerWebgpuKernels({ off: [] });
    }
    expect(await resident.readImages(indices).data()).toEqual(wanted);
    resident.dispose();
  });

  test('are refused where they are larger than a buffer, with the number that fits', () => {
    const { device } = tf.backend() as unknown as { device: { limits: object } };
    const large = noise(64, [64, 64, 4]);
    const own = { value: device.limits, configurable: true };
    const small = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 19 };
    Object.defineProperty(device, 'limits', { value: small, configurable: true });
    const before = tf.memory().numTensors;
    try {
      expect(() => new DataIterator(large, { batchSize: 2, resident: true })).toThrow(
        new RangeError(
          'ResidentImages: all bytes must fit into a buffer of 0.5 MiB, the limit of this device, got 1 MiB for the 64 images of noise; take a subset of at most 32, or prepare batches on the host',
        ),
      );
    } finally {
      Object.defineProperty(device, 'limits', own);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
