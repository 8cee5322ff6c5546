import * as tf from '@tensorflow/tfjs-core';
import { sgd } from '../optimizers/sgd.js';
import { tinyModel } from '../testing/tinyTask.js';
import type { Batch } from './batches.js';
import { LocalEngine } from './LocalEngine.js';
import { lossFrom } from './Loss.js';
import { QueuedEngine } from './QueuedEngine.js';
import { Replica } from './Replica.js';

const BATCHES = 9;

async function* source(): AsyncGenerator<Batch, void, undefined> {
  for (let index = 0; index < BATCHES; index++) {
    const xs = tf.randomUniform<tf.Rank.R4>([8, 4, 4, 3], -1, 1, 'float32', index);
    const ys = tf.tidy(
      () => tf.oneHot(tf.range(0, 8, 1, 'int32'), 3, 1, 0, 'float32') as tf.Tensor2D,
    );
    yield { xs, ys, index, mixerState: null };
  }
}

const at = (index: number) => ({ step: index, epoch: 1, learningRate: 0.1 });

test('where reads block, steps are taken and read in groups', async () => {
  const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
  const { step } = optimizer;
  let taken = 0;
  optimizer.step = (...given) => {
    taken++;
    step.apply(optimizer, given);
  };
  const read = jest.spyOn(tf.backend(), 'read');
  const [queued, direct] = [optimizer, sgd({ learningRate: 0.1, momentum: 0.9 })].map(
    (optimizer) => new Replica(tinyModel(), optimizer, lossFrom('klDivergence')),
  ) as [Replica, Replica];
  const engine = new QueuedEngine(queued, { stepsAhead: 2, readsBlock: true });
  const told: [step: number, taken: number, loss: number][] = [];
  for await (const { index, loss } of engine.steps(source(), at)) {
    // No read is begun for a step before its group is whole.
    if (index === 0) read.mockClear();
    else expect(read.mock.calls.length).toBe(index);
    told.push([index + 1, taken, loss]);
  }
  read.mockRestore();
  expect(told.map(([step, taken]) => [step, taken])).toEqual([
    [1, 1],
    [2, 4],
    [3, 4],
    [4, 4],
    [5, 7],
    [6, 7],
    [7, 7],
    [8, 9],
    [9, 9],
  ]);
  const losses: number[] = [];
  for await (const { loss } of new LocalEngine(direct).steps(source(), at)) losses.push(loss);
  expect(told.map(([, , loss]) => loss)).toEqual(losses);
  for (const { model, optimizer } of [queued, direct]) {
    model.dispose();
    optimizer.dispose();
  }
});
