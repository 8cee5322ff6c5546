import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { PadChannels } from './padChannels.js';
import { RepeatChannels } from './repeatChannels.js';
import { ShiftImage } from './shiftImage.js';

type Layer = InstanceType<typeof layers.Layer>;

interface Case {
  make: () => Layer;
  x: number[][][];
  y: number[][][];
  /** Gradient of x for the gradient of y that counts its values from 1. */
  dx: number[][][];
}

/** One image, `[H][W][C]`, in and out. */
const cases: Record<string, Case> = {
  ShiftImage: {
    make: () => new ShiftImage(),
    x: [
      [[1], [2], [3]],
      [[4], [5], [6]],
    ],
    y: [
      [[0], [0], [0]],
      [[0], [1], [2]],
    ],
    dx: [
      [[5], [6], [0]],
      [[0], [0], [0]],
    ],
  },
  PadChannels: {
    make: () => new PadChannels({ padding: 1 }),
    x: [
      [
        [1, 2],
        [3, 4],
      ],
    ],
    y: [
      [
        [0, 1, 2, 0],
        [0, 3, 4, 0],
      ],
    ],
    dx: [
      [
        [2, 3],
        [6, 7],
      ],
    ],
  },
  RepeatChannels: {
    make: () => new RepeatChannels(),
    x: [
      [
        [1, 2],
        [3, 4],
      ],
    ],
    y: [
      [
        [1, 1, 2, 2],
        [3, 3, 4, 4],
      ],
    ],
    dx: [
      [
        [3, 7],
        [11, 15],
      ],
    ],
  },
};

describe.each(Object.entries(cases))('%s', (_, { make, x, y, dx }) => {
  test('gives its image and passes a gradient back', async () => {
    const layer = make();
    const input = tf.tensor4d([x]);
    const before = tf.memory().numTensors;
    const output = layer.apply(input) as tf.Tensor;
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(output.shape).toEqual(tf.tensor4d([y]).shape);
    expect(layer.computeOutputShape([null, ...input.shape.slice(1)])).toEqual([
      null,
      ...output.shape.slice(1),
    ]);
    await expect(output).toBeAllClose(y.flat(2));

    const counted = tf.reshape(tf.range(1, output.size + 1), output.shape);
    const gradient = tf.grad((x: tf.Tensor) =>
      tf.sum(tf.mul(counted, layer.apply(x) as tf.Tensor)),
    );
    await expect(gradient(input)).toBeAllClose(dx.flat(2));
  });
});

test('PadChannels keeps its padding in its configuration and refuses what is none', () => {
  const config = new PadChannels({ name: 'pad', padding: 8 }).getConfig();
  expect(config).toMatchObject({ name: 'pad', padding: 8 });
  expect(PadChannels.fromConfig(PadChannels, config).getConfig()).toEqual(config);
  expect(() => new PadChannels({ padding: 0.5 })).toThrow(
    new RangeError('PadChannels: padding must be an integer of at least 0, got 0.5'),
  );
});
