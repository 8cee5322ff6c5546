import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Preprocessing } from '@bcl/datasets';
import * as tf from '@tensorflow/tfjs-core';
import { ModelManager, type ModelManagerOptions } from './ModelManager.js';
import { adam } from './optimizers/adam.js';
import { swats } from './optimizers/swats.js';
import { Run } from './run/Run.js';
import { settings } from './testing/runSettings.js';
import { tinyDataset, tinyModel } from './testing/tinyTask.js';
import type { TrainEvent } from './training/TrainEvent.js';

// The threads run the built package: `pnpm build` first.
jest.setTimeout(60_000);

const trainSet = tinyDataset();
const testSet = tinyDataset({ size: 24, seed: 'test' });
const layerModules = ['@bcl/models'];

function manage(options: Partial<ModelManagerOptions> = {}): ModelManager {
  return new ModelManager({
    model: tinyModel(),
    optimizer: adam({ learningRate: 0.01 }),
    loss: 'klDivergence',
    preprocessing: Preprocessing.fit(trainSet, 'standard'),
    seed: 7,
    ...options,
  });
}

async function collect(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const all: TrainEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

async function weightsOf({ model }: ModelManager): Promise<number[]> {
  const all = model.weights.map(async (weight) => Array.from(await weight.read().data()));
  return (await Promise.all(all)).flat();
}

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bcl-optimizers-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('a manager that averages its weights', () => {
  const train = { epochs: 2, batchSize: 16, test: testSet };
  const averaging = () => manage({ model: tinyModel({ batchNorm: true }), ema: 0.75 });

  test('trains as without, and is evaluated by the average, statistics included', async () => {
    const manager = averaging();
    // Worked out again from the weights after each step.
    let mean: number[] = [];
    let k = 0;
    let last: TrainEvent | undefined;
    for await (const event of manager.train(trainSet, train)) {
      last = event;
      if (event.type !== 'step') continue;
      const now = await weightsOf(manager);
      k++;
      const d = k === 1 ? 0 : Math.min(0.75, (1 + k) / (10 + k));
      mean = now.map((w, i) => d * (mean[i] ?? 0) + (1 - d) * w);
    }
    const plain = manage({ model: tinyModel({ batchNorm: true }) });
    await collect(plain.train(trainSet, train));
    expect(await weightsOf(manager)).toEqual(await weightsOf(plain));

    const own = await manager.test(testSet, { average: false, batchSize: 16 });
    expect(own).toEqual(await plain.test(testSet, { batchSize: 16 }));
    const averaged = await manager.test(testSet, { batchSize: 16 });
    expect(averaged.loss).not.toBe(own.loss);
    expect(last).toMatchObject({ type: 'done', testLoss: averaged.loss });
    let at = 0;
    for (const weight of plain.model.weights) {
      const values = mean.slice(at, at + weight.read().size);
      at += values.length;
      const tensor = tf.tensor(values, weight.shape as number[]);
      weight.write(tensor);
      tensor.dispose();
    }
    expect((await plain.test(testSet)).loss).toBeCloseTo(averaged.loss, 5);
    manager.dispose();
    plain.dispose();
  });

  test('keeps the average in its checkpoint and goes on with it', async () => {
    const folder = join(root, 'checkpoint');
    const straight = averaging();
    const expected = await collect(straight.train(trainSet, train));
    const manager = averaging();
    for await (const event of manager.train(trainSet, train)) {
      if (event.type === 'step' && event.step === 2) break;
    }
    await manager.save(folder);
    expect(readdirSync(folder)).toContain('average.bin');
    // Laid out as weights.bin is, so that it can stand for it.
    expect(readFileSync(join(folder, 'average.bin'))).toHaveLength(
      readFileSync(join(folder, 'weights.bin')).length,
    );
    const before = tf.memory().numTensors;
    const loaded = await ModelManager.load(folder);
    const again = await collect(loaded.train(trainSet, train));
    const { seconds: _, ...done } = again.at(-1) as TrainEvent & { type: 'done' };
    expect(expected.at(-1)).toMatchObject(done);
    loaded.dispose();
    expect(tf.memory().numTensors).toBe(before);
    straight.dispose();
    manager.dispose();
  });

  test('averages on threads as on one', async () => {
    const one = manage({ ema: 0.75 });
    const two = manage({ ema: 0.75 });
    await collect(one.train(trainSet, train));
    const events = await collect(two.train(trainSet, { ...train, threads: 2, layerModules }));
    const { loss } = await one.test(testSet);
    expect((await two.test(testSet)).loss).toBeCloseTo(loss, 4);
    expect((events.at(-1) as TrainEvent & { type: 'done' }).testLoss).toBeCloseTo(loss, 4);
    one.dispose();
    two.dispose();
  });
});

describe('an optimizer that changes its ways', () => {
  const turning = () => manage({ optimizer: swats({ learningRate: 0.01, threshold: 0.05 }) });
  const train = { epochs: 3, batchSize: 16 };

  test.each([1, 2])('is told of after its step, and logged: %d threads', async (threads) => {
    const manager = turning();
    const run = await Run.create(join(root, 'run'), settings);
    const events = await collect(manager.train(trainSet, { ...train, run, threads, layerModules }));
    const at = events.findIndex(({ type }) => type === 'switch');
    expect(events.filter(({ type }) => type === 'switch')).toHaveLength(1);
    const change = events[at] as TrainEvent & { type: 'switch' };
    expect(change).toEqual({
      type: 'switch',
      step: expect.any(Number),
      epoch: expect.any(Number),
      from: 'adam',
      to: 'sgd',
      learningRate: expect.any(Number),
    });
    expect(events[at - 1]).toMatchObject({ type: 'step', step: change.step, epoch: change.epoch });
    expect(readFileSync(join(root, 'run', 'metrics.jsonl'), 'utf8').split('\n')).toContain(
      JSON.stringify(change),
    );
    // It goes on by the other rule: what it remembers is a velocity now.
    const { tensors, numbers } = manager.optimizer.state();
    expect(Object.keys(tensors).sort()[0]).toBe('fc1/bias/velocity');
    expect(numbers.sgdRate).toBe(change.learningRate);
    manager.dispose();
  });

  test('has its turn in the checkpoint', async () => {
    const straight = turning();
    const expected = await collect(straight.train(trainSet, train));
    const { step } = expected.find(({ type }) => type === 'switch') as { step: number };
    for (const stop of [step - 1, step, step + 1]) {
      const manager = turning();
      for await (const event of manager.train(trainSet, train)) {
        if (event.type === 'step' && event.step === stop) break;
      }
      const folder = join(root, `${stop}`);
      await manager.save(folder);
      const loaded = await ModelManager.load(folder);
      await collect(loaded.train(trainSet, train));
      expect(await weightsOf(loaded)).toEqual(await weightsOf(straight));
      manager.dispose();
      loaded.dispose();
    }
    straight.dispose();
  });
});
