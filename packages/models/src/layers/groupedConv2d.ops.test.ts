import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers tfjs's gradients
import { type GroupedConv2dOptions, groupedConv2d } from './groupedConv2d.js';

/** Small whole numbers, so that sums are exact. */
function whole(shape: number[], times: number): tf.Tensor4D {
  const values = Array.from(
    { length: tf.util.sizeFromShape(shape) },
    (_, i) => ((i * times) % 7) - 3,
  );
  return tf.tensor4d(values, shape as [number, number, number, number]);
}

/** What groups mean: each part of the channels convolved with its part of the filters, side by side. */
function byParts(x: tf.Tensor, kernel: tf.Tensor, o: GroupedConv2dOptions): tf.Tensor {
  const [rows, columns] = o.padding;
  const padded = tf.pad(x, [
    [0, 0],
    [rows, rows],
    [columns, columns],
    [0, 0],
  ]);
  if (o.groups === 1)
    return tf.conv2d(padded as tf.Tensor4D, kernel as tf.Tensor4D, [...o.strides], 'valid');
  const kernels = tf.split(kernel, o.groups, 3);
  const parts = tf
    .split(padded, o.groups, 3)
    .map((part, i) =>
      tf.conv2d(part as tf.Tensor4D, kernels[i] as tf.Tensor4D, [...o.strides], 'valid'),
    );
  return tf.concat(parts, 3);
}

const cases: [what: string, x: number[], kernel: number[], options: GroupedConv2dOptions][] = [
  ['one group', [2, 5, 6, 3], [3, 3, 3, 4], { strides: [1, 1], padding: [1, 1], groups: 1 }],
  ['two groups', [2, 5, 6, 6], [3, 3, 3, 4], { strides: [1, 1], padding: [1, 1], groups: 2 }],
  ['a stride', [1, 6, 6, 4], [3, 3, 2, 6], { strides: [2, 2], padding: [1, 1], groups: 2 }],
  ['two strides', [1, 7, 8, 6], [2, 3, 2, 3], { strides: [1, 3], padding: [0, 2], groups: 3 }],
  ['1×1', [3, 4, 4, 8], [1, 1, 2, 4], { strides: [1, 1], padding: [0, 0], groups: 4 }],
  // 24 channels fill no convolution of 32; 12 groups of 8 fill several.
  ['wide groups', [1, 4, 4, 72], [3, 3, 24, 3], { strides: [1, 1], padding: [1, 1], groups: 3 }],
  ['many groups', [1, 3, 3, 96], [3, 3, 8, 96], { strides: [1, 1], padding: [1, 1], groups: 12 }],
  ['a filter each', [1, 4, 5, 5], [3, 3, 1, 10], { strides: [1, 1], padding: [1, 1], groups: 5 }],
];

test.each(cases)(
  'groupedConv2d with %s is the convolutions of the parts',
  async (_, xShape, kShape, options) => {
    const x = whole(xShape, 5);
    const kernel = whole(kShape, 3);
    const before = tf.memory().numTensors;
    const y = groupedConv2d(x, kernel, options);
    expect(tf.memory().numTensors).toBe(before + 1);
    const expected = byParts(x, kernel, options);
    expect(y.shape).toEqual(expected.shape);
    await expect(y).toBeAllClose(await expected.data(), { atol: 1e-3 });
  },
);

test.each(cases)(
  'groupedConv2d with %s has the gradient of the convolutions of the parts',
  async (_, xShape, kShape, options) => {
    const x = whole(xShape, 5);
    const kernel = whole(kShape, 3);
    const weight = whole(byParts(x, kernel, options).shape, 2);
    const gradients = (convolve: typeof byParts) =>
      tf.grads((x: tf.Tensor, kernel: tf.Tensor) =>
        tf.sum(tf.mul(weight, convolve(x, kernel, options))),
      )([x, kernel]);
    const ours = gradients((x, kernel, o) =>
      groupedConv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, o),
    );
    const theirs = gradients(byParts);
    for (const i of [0, 1]) {
      expect(ours[i]?.shape).toEqual(theirs[i]?.shape);
      await expect(ours[i] as tf.Tensor).toBeAllClose(await (theirs[i] as tf.Tensor).data(), {
        atol: 1e-3,
      });
    }
  },
);

test('groupedConv2d pads alike on both sides, as PyTorch does', async () => {
  // torch.nn.functional.conv2d(torch.arange(16.).view(1, 1, 4, 4), torch.ones(1, 1, 3, 3), stride=2, padding=1)
  const x = tf.reshape(tf.range(0, 16), [1, 4, 4, 1]) as tf.Tensor4D;
  const options = { strides: [2, 2], padding: [1, 1], groups: 1 } as const;
  await expect(groupedConv2d(x, tf.ones([3, 3, 1, 1]), options)).toBeAllClose([10, 24, 51, 90]);
});
