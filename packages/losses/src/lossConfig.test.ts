import * as tf from '@tensorflow/tfjs-core';
import { classBalanced } from './classBalanced.js';
import { focal } from './focal.js';
import { klDivergence } from './klDivergence.js';
import type { Loss, LossConfig } from './Loss.js';
import { labelSmoothing } from './labelSmoothing.js';
import { lossConfig } from './lossConfig.js';
import { lossFromConfig } from './lossFromConfig.js';
import { sigmoidCrossEntropy } from './sigmoidCrossEntropy.js';
import { softmaxCrossEntropy } from './softmaxCrossEntropy.js';

const all: [string, Loss][] = [
  ['klDivergence', klDivergence],
  ['softmaxCrossEntropy', softmaxCrossEntropy],
  ['sigmoidCrossEntropy', sigmoidCrossEntropy],
  ['focal', focal({ gamma: 0.5 })],
  ['labelSmoothing', labelSmoothing(softmaxCrossEntropy, 0.1)],
  ['classBalanced', classBalanced(labelSmoothing(focal({ gamma: 2 }), 0.1), [0.1, 2 / 3, 3])],
];

test.each(all)('%s comes back from JSON as it was', async (name, loss) => {
  const text = JSON.stringify(lossConfig(loss));
  expect(JSON.parse(text).name).toBe(name);
  const again = lossFromConfig(JSON.parse(text));
  expect(JSON.stringify(lossConfig(again))).toBe(text);
  const t = tf.tensor2d([[0.25, 0.75, 0]]);
  const y = tf.tensor2d([[1, -2, 3]]);
  expect((await again(t, y).data())[0]).toBe((await loss(t, y).data())[0]);
});

test('a loss of your own has no config, alone or inside of another', () => {
  const own = ((t: tf.Tensor, y: tf.Tensor) => tf.losses.meanSquaredError(t, y)) as Loss;
  expect(lossConfig(own)).toBeNull();
  expect(lossConfig(classBalanced(own, [1]))).toBeNull();
  expect(lossConfig(labelSmoothing(classBalanced(own, [1]), 0.1))).toBeNull();
});

test('a config of no loss here, or out of range, is refused', () => {
  expect(() => lossFromConfig({ name: 'hinge' } as unknown as LossConfig)).toThrow(
    new RangeError(
      'lossFromConfig: name must be klDivergence, softmaxCrossEntropy, sigmoidCrossEntropy, focal, labelSmoothing or classBalanced, got hinge',
    ),
  );
  expect(() => lossFromConfig({ name: 'focal', gamma: -1 })).toThrow('focal: gamma');
});
