import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registerWasmKernels } from '@bcl/backends';
import { Preprocessing } from '@bcl/datasets';
import { classBalanced, focal } from '@bcl/losses';
import { Mixer } from '@bcl/mixing';
import * as tf from '@tensorflow/tfjs-core';
import { ModelManager, type ModelManagerOptions } from './ModelManager.js';
import { sgd } from './optimizers/sgd.js';
import { constant } from './schedules/constant.js';
import { tinyDataset, tinyModel } from './testing/tinyTask.js';
import type { TrainEvent } from './training/TrainEvent.js';
import type { TrainOptions } from './training/TrainOptions.js';

// The threads run the built package: `pnpm build` first.
jest.setTimeout(60_000);

const trainSet = tinyDataset();
const testSet = tinyDataset({ size: 25, seed: 'test' });
const preprocessing = Preprocessing.fit(trainSet, 'bc+');
const layerModules = ['@bcl/models'];

function manage(options: Partial<ModelManagerOptions> = {}): ModelManager {
  return new ModelManager({
    model: tinyModel(),
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    loss: 'klDivergence',
    preprocessing,
    seed: 7,
    ...options,
  });
}

/** 17 examples a batch, so that the shares differ, and 14 in the last one. */
const options = (): TrainOptions => ({
  epochs: 2,
  batchSize: 17,
  mixer: new Mixer({ numClasses: 3, seed: 3 }),
  augment: { padding: 1, flip: true },
  test: testSet,
  layerModules,
});

async function collect(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const all: TrainEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function numbers(events: TrainEvent[]): number[] {
  return events.flatMap((event) => {
    if (event.type === 'step') return [event.loss, event.accuracy];
    if (event.type !== 'epoch') return [];
    return [event.trainLoss, event.testLoss as number, event.testAccuracy as number];
  });
}

async function weightsOf({ model }: ModelManager): Promise<number[]> {
  const all = model.weights.map(async (weight) => Array.from(await weight.read().data()));
  return (await Promise.all(all)).flat();
}

async function message(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

describe('train on threads', () => {
  test('computes with the kernels that are on here', async () => {
    const train = async (): Promise<number[]> =>
      numbers(await collect(manage().train(trainSet, { ...options(), threads: 2 })));
    const own = await train();
    await registerWasmKernels({ off: 'all' });
    const stock = await train().finally(() => registerWasmKernels({ off: [] }));
    expect(stock).not.toEqual(own);
    expect(await train()).toEqual(own);
    for (const [i, value] of own.entries()) expect(stock[i]).toBeCloseTo(value, 4);
  });

  test.each([2, 3])('gives the numbers of one thread: %d', async (threads) => {
    const one = manage();
    const expected = await collect(one.train(trainSet, options()));
    const many = manage();
    const got = await collect(many.train(trainSet, { ...options(), threads }));
    expect(got[0]).toMatchObject({ type: 'start', threads });
    await expect(numbers(got)).toBeAllClose(numbers(expected), { rtol: 1e-4, atol: 1e-5 });
    await expect(await weightsOf(many)).toBeAllClose(await weightsOf(one), {
      rtol: 1e-4,
      atol: 1e-5,
    });
    one.dispose();
    many.dispose();
  });

  test('averages the statistics of batch norm', async () => {
    const one = manage({ model: tinyModel({ batchNorm: true, dropout: 0 }) });
    const two = manage({ model: tinyModel({ batchNorm: true, dropout: 0 }) });
    const train = { ...options(), epochs: 1, batchSize: 48, augment: false } as const;
    await collect(one.train(trainSet, train));
    await collect(
      two.train(trainSet, {
        ...train,
        ...options(),
        epochs: 1,
        batchSize: 48,
        augment: false,
        threads: 2,
      }),
    );
    const statistic = async ({ model }: ModelManager, name: string) => {
      const weights = model.weights.filter(({ originalName }) => originalName.endsWith(name));
      return Array.from(await tf.stack(weights.map((weight) => weight.read())).data());
    };
    // Equal halves: the mean of the means is the mean; the variances leave out what lies between.
    await expect(await statistic(two, 'moving_mean')).toBeAllClose(
      await statistic(one, 'moving_mean'),
      { atol: 1e-5 },
    );
    const [a, b] = [
      await statistic(one, 'moving_variance'),
      await statistic(two, 'moving_variance'),
    ];
    await expect(b).toBeAllClose(a, { rtol: 0.1 });
    one.dispose();
    two.dispose();
  });

  test('can be left, saved and resumed on one thread', async () => {
    const one = manage();
    const expected = numbers(await collect(one.train(trainSet, options())));
    const root = mkdtempSync(join(tmpdir(), 'bcl-threads-'));
    const two = manage();
    const events: TrainEvent[] = [];
    for await (const event of two.train(trainSet, { ...options(), threads: 2 })) {
      events.push(event);
      if (event.type === 'step' && event.step === 4) break;
    }
    await two.save(join(root, 'checkpoint'));
    const resumed = await ModelManager.load(join(root, 'checkpoint'));
    expect(resumed.step).toBe(4);
    events.push(...(await collect(resumed.train(trainSet, options()))));
    await expect(numbers(events)).toBeAllClose(expected, { rtol: 1e-4, atol: 1e-5 });
    rmSync(root, { recursive: true });
    one.dispose();
    two.dispose();
    resumed.dispose();
  });

  test('holds no tensors of its own', async () => {
    const manager = manage();
    const before = tf.memory().numTensors;
    const counts = new Set<number>();
    for await (const { type } of manager.train(trainSet, { ...options(), threads: 2 })) {
      if (type === 'epoch') counts.add(tf.memory().numTensors);
    }
    expect([...counts]).toEqual([before + 4]);
    manager.dispose();
  });
});

describe('train on threads, when something is wrong', () => {
  test('names the tensor that is not finite and keeps the weights of before the step', async () => {
    const manager = manage({ model: tinyModel({ dropout: 0 }) });
    let steps = 0;
    const schedule = constant(1e30);
    const run = async () => {
      const { test: _, ...rest } = options();
      for await (const { type } of manager.train(trainSet, { ...rest, schedule, threads: 2 })) {
        if (type === 'step') steps++;
      }
    };
    const text = await message(run());
    expect(text).toMatch(
      /ModelManager\.train: the (loss is (NaN|-?Infinity)|gradient is not finite) at step \d \(epoch 1\), first in the (logits|gradient of fc\d\/\w+|weight fc\d\/\w+) /,
    );
    expect(text).toContain('try 1e+29');
    expect(manager.step).toBe(steps);
    manager.dispose();
  });

  test('reports probabilities in the first step', async () => {
    const manager = manage({ model: tinyModel({ softmax: true }) });
    const before = await weightsOf(manager);
    expect(await message(collect(manager.train(trainSet, { ...options(), threads: 2 })))).toContain(
      'remove the softmax',
    );
    expect(await weightsOf(manager)).toEqual(before);
    manager.dispose();
  });

  test('asks for the module of a layer that the threads do not know', async () => {
    const manager = manage();
    const train = { ...options(), threads: 2, layerModules: [] };
    expect(await message(collect(manager.train(trainSet, train)))).toBe(
      'ModelManager.train: the model has a layer BclDropout that nobody has registered; name its module in layerModules',
    );
    manager.dispose();
  });

  test('names a module that cannot be imported', async () => {
    const manager = manage();
    const train = { ...options(), threads: 2, layerModules: ['no-such-module'] };
    expect(await message(collect(manager.train(trainSet, train)))).toMatch(
      /layerModules must be modules that other threads can import, got no-such-module/,
    );
    manager.dispose();
  });

  test('reports a thread that dies, and ends the others', async () => {
    const root = mkdtempSync(join(tmpdir(), 'bcl-threads-'));
    const deadly = join(root, 'deadly.mjs');
    writeFileSync(
      deadly,
      `import { workerData } from 'node:worker_threads';
       if (workerData.rank === 1) setTimeout(() => process.exit(3), 1500);`,
    );
    const manager = manage();
    const train = {
      ...options(),
      epochs: 100_000,
      threads: 2,
      layerModules: [...layerModules, deadly],
    };
    expect(await message(collect(manager.train(trainSet, train)))).toContain(
      'ModelManager.train: thread 1 ended with exit code 3',
    );
    // What is here is whole: the state after the last epoch that came back.
    expect(manager.step).toBe(manager.epoch * 3);
    rmSync(root, { recursive: true });
    manager.dispose();
  });

  test('take a loss with its settings', async () => {
    const loss = classBalanced(focal({ gamma: 2 }), [0.5, 1, 1.5]);
    const [one, two] = [manage({ loss }), manage({ loss })];
    const alone = numbers(await collect(one.train(trainSet, options())));
    const shared = numbers(await collect(two.train(trainSet, { ...options(), threads: 2 })));
    await expect(shared).toBeAllClose(alone, { rtol: 1e-4 });
    one.dispose();
    two.dispose();
  });

  test('refuses a loss that cannot be sent to them', async () => {
    const loss = (yTrue: tf.Tensor, logits: tf.Tensor) => tf.losses.meanSquaredError(yTrue, logits);
    const manager = manage({ loss });
    expect(await message(collect(manager.train(trainSet, { ...options(), threads: 2 })))).toBe(
      'ModelManager.train: 2 threads need a loss of @bcl/losses, got a function of your own, which cannot be sent to them; use threads: 1',
    );
    const [start] = await collect(manager.train(trainSet, { ...options(), threads: 'auto' }));
    expect(start).toMatchObject({ threads: 1 });
    manager.dispose();
  });

  test('refuses a number of threads that is none', () => {
    const manager = manage();
    expect(() => manager.train(trainSet, { ...options(), threads: 0 })).toThrow(
      'ModelManager.train: threads must be a whole number from 1 up, got 0',
    );
    manager.dispose();
  });
});
