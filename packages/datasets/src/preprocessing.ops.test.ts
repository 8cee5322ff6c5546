import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import type { PreprocessingMethod } from './checkPreprocessing.js';
import { Preprocessing } from './preprocessing.js';

const methods: PreprocessingMethod[] = ['standard', 'bc', 'bc+'];
const shape = [2, 2, 2] as const;

function make(method: PreprocessingMethod): Preprocessing {
  return new Preprocessing({ method, mean: [10, -6], std: [4, 2], shape, classes: 3 });
}

describe('Preprocessing.apply', () => {
  // Image mean 17: (100 - 17 - 10) / 4 = 18.25, (4 - 17 + 6) / 2 = -3.5, …
  const bytes = Uint8Array.of(100, 4, 0, 2, 8, 6, 12, 4);

  test('is the formula, with the image mean of bc+ over pixels and channels', async () => {
    await expect(make('bc+').apply(bytes)).toBeAllClose([
      18.25, -3.5, -6.75, -4.5, -4.75, -2.5, -3.75, -3.5,
    ]);
    await expect(make('standard').apply(bytes)).toBeAllClose([22.5, 5, -2.5, 4, -0.5, 6, 0.5, 5]);
  });

  test.each(methods)('gives the same for bytes and for a tensor of them, %s', async (method) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 24, maxLength: 24 }), async (images) => {
        const ofBytes = make(method).apply(images, 3);
        const input = tf.tensor4d(Int32Array.from(images), [3, ...shape], 'int32');
        const ofTensor = make(method).apply(input);
        expect(ofTensor.shape).toEqual([3, 2, 2, 2]);
        expect(ofTensor.dtype).toBe('float32');
        await expect(ofTensor).toBeAllClose(ofBytes, { atol: 1e-4 });
        tf.dispose([ofBytes, input, ofTensor]);
      }),
      { numRuns: 20 },
    );
  });

  test('treats each image alone', async () => {
    const both = make('bc+').apply(Uint8Array.of(...bytes, 1, 2, 3, 4, 5, 6, 7, 8));
    await expect(tf.slice(both, 0, 1)).toBeAllClose(make('bc+').apply(bytes));
  });

  test('does not see the brightness of an image under bc+', async () => {
    const brighter = bytes.map((value) => value + 50);
    await expect(make('bc+').apply(brighter)).toBeAllClose(make('bc+').apply(bytes));
  });

  test.each(methods)('returns one new tensor and keeps its input, %s', (method) => {
    const preprocessing = make(method);
    const input = tf.ones([1, ...shape]);
    const before = tf.memory().numTensors;
    preprocessing.apply(bytes);
    expect(tf.memory().numTensors).toBe(before + 1);
    preprocessing.apply(input);
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(input.isDisposed).toBe(false);
  });
});
