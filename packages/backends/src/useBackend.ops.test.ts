import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, useBackend } from './index.js';

declare const BCL_TEST_BACKEND: BackendName;

/** Whole numbers from -4 to 4: their sums are exact, so what differs is the backend’s own algorithm. */
function wholeNumbers(shape: [number, number, number, number], step: number): tf.Tensor4D {
  const values = Float32Array.from(
    { length: tf.util.sizeFromShape(shape) },
    (_, i) => ((i * step) % 9) - 4,
  );
  return tf.tensor4d(values, shape);
}

describe('useBackend', () => {
  test('makes the backend asked for the current one', async () => {
    const choice = await useBackend(BCL_TEST_BACKEND);
    expect(tf.getBackend()).toBe(BCL_TEST_BACKEND);
    expect(choice).toEqual({
      name: BCL_TEST_BACKEND,
      why: expect.stringMatching(/^asked for by name: ./),
      skipped: [],
    });
  });

  test('readies a backend that convolves as a loop over plain numbers does', async () => {
    const x = wholeNumbers([2, 9, 8, 5], 7);
    const filter = wholeNumbers([3, 3, 5, 6], 5);
    const expected = convolved(await x.data(), await filter.data());
    await expect(tf.conv2d(x, filter, 1, 'valid')).toBeAllClose(expected, {
      rtol: 1e-5,
      atol: 1e-3,
    });
  });

  test('keeps no tensor', async () => {
    const before = tf.memory().numTensors;
    await useBackend(BCL_TEST_BACKEND);
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** `[2, 9, 8, 5]` by `[3, 3, 5, 6]`, stride 1, no padding: `[2, 7, 6, 6]`. */
function convolved(x: ArrayLike<number>, filter: ArrayLike<number>): number[] {
  const out: number[] = [];
  for (let b = 0; b < 2; b++)
    for (let row = 0; row < 7; row++)
      for (let column = 0; column < 6; column++)
        for (let k = 0; k < 6; k++) {
          let sum = 0;
          for (let i = 0; i < 3; i++)
            for (let j = 0; j < 3; j++)
              for (let c = 0; c < 5; c++) {
                const pixel = x[((b * 9 + row + i) * 8 + column + j) * 5 + c] as number;
                sum += pixel * (filter[((i * 3 + j) * 5 + c) * 6 + k] as number);
              }
          out.push(sum);
        }
  return out;
}
