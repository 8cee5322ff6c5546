import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { sgd } from '../optimizers/sgd.js';
import { Replica } from './Replica.js';

test('a loss that throws leaves the replica as it was, and no tensor', () => {
  const model = sequential({
    layers: [
      layers.dense({ units: 4, inputShape: [4] }),
      layers.batchNormalization(),
      layers.dense({ units: 3 }),
    ],
  });
  const replica = new Replica(model, sgd({ learningRate: 0.1 }), () => {
    throw new Error('no loss today');
  });
  const [xs, ys] = [tf.ones([2, 4]), tf.ones([2, 3])];
  const weights = () => model.getWeights().map((w) => Array.from(w.dataSync()));
  const before = weights();
  const { numTensors } = tf.memory();
  expect(() => replica.pass(xs, ys, 0)).toThrow('no loss today');
  expect(tf.memory().numTensors).toBe(numTensors);
  expect(weights()).toEqual(before);
});
