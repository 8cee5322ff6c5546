import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Preprocessing } from '@bcl/datasets';
import { Mixer } from '@bcl/mixing';
import * as tf from '@tensorflow/tfjs-core';
import { ModelManager, type ModelManagerOptions } from './ModelManager.js';
import { sgd } from './optimizers/sgd.js';
import { Run } from './run/Run.js';
import { constant } from './schedules/constant.js';
import { cosine } from './schedules/cosine.js';
import { settings } from './testing/runSettings.js';
import { relabelled, tinyDataset, tinyModel } from './testing/tinyTask.js';
import type { TrainEvent } from './training/TrainEvent.js';
import type { TrainOptions } from './training/TrainOptions.js';

const trainSet = tinyDataset();
const testSet = tinyDataset({ size: 24, seed: 'test' });
const preprocessing = Preprocessing.fit(trainSet, 'bc+');
const augment = { padding: 1, flip: true };

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

const newMixer = () => new Mixer({ method: 'bc+', numClasses: 3, seed: 3 });

async function collect(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const all: TrainEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function lossesOf(events: TrainEvent[]): number[] {
  return events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
}

async function weightsOf({ model }: ModelManager): Promise<number[][]> {
  return Promise.all(model.weights.map(async (weight) => Array.from(await weight.read().data())));
}

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bcl-train-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('train', () => {
  test('learns what can be learned from mixed examples alone', async () => {
    const manager = manage();
    const before = await manager.test(testSet);
    const options = { epochs: 8, batchSize: 16, mixer: newMixer(), augment, test: testSet };
    const events = await collect(manager.train(trainSet, options));
    const losses = lossesOf(events);
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 2);
    expect(before.accuracy).toBeLessThan(0.8);
    expect((await manager.test(testSet)).accuracy).toBeGreaterThan(0.9);
    manager.dispose();
  });

  test('tells of start, steps, epochs and end, with their numbers', async () => {
    const manager = manage();
    const options = { epochs: 2, batchSize: 20, schedule: cosine(0.1), test: testSet };
    const events = await collect(manager.train(trainSet, options));
    expect(events.map(({ type }) => type).join(' ')).toBe(
      'start step step step epoch step step step epoch done',
    );
    expect(events[0]).toEqual({
      type: 'start',
      epochs: 2,
      epoch: 0,
      step: 0,
      stepsPerEpoch: 3,
      examples: 48,
      parameters: 48 * 8 + 8 + 8 * 3 + 3,
      backend: 'wasm',
      threads: 1,
    });
    const steps = events.filter((event) => event.type === 'step');
    expect(steps.map(({ step, epoch }) => [step, epoch])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 2],
      [5, 2],
      [6, 2],
    ]);
    for (const [i, { learningRate, accuracy, imagesPerSecond }] of steps.entries()) {
      expect(learningRate).toBeCloseTo(0.05 * (1 + Math.cos((Math.PI * i) / 6)), 12);
      expect(accuracy).toBeGreaterThanOrEqual(0);
      expect(accuracy).toBeLessThanOrEqual(1);
      expect(imagesPerSecond).toBeGreaterThan(0);
    }
    const epoch = events[4] as TrainEvent & { type: 'epoch' };
    const mean =
      steps.slice(0, 3).reduce((sum, { loss }, i) => sum + loss * (i < 2 ? 20 : 8), 0) / 48;
    expect(epoch.trainLoss).toBeCloseTo(mean, 9);
    expect(epoch.seconds).toBeGreaterThan(0);
    const last = await manager.test(testSet, { batchSize: 20 });
    expect(events.at(-1)).toMatchObject({ testLoss: last.loss, testAccuracy: last.accuracy });
    expect(events.filter(({ type }) => type === 'epoch').at(-1)).toMatchObject({
      testTop5: 1,
      testNll: last.nll,
      testCalibrationError: last.calibrationError,
    });
    manager.dispose();
  });

  test('evaluates only when asked to, and in the last epoch', async () => {
    const manager = manage();
    const options = { epochs: 5, batchSize: 48, test: testSet, testEvery: 2 };
    const epochs = (await collect(manager.train(trainSet, options))).filter(
      (event) => event.type === 'epoch',
    );
    expect(epochs.map(({ testLoss }) => testLoss !== undefined)).toEqual([
      false,
      true,
      false,
      true,
      true,
    ]);
    manager.dispose();
  });

  test('holds as many tensors at every step, and frees its own at the end', async () => {
    const manager = manage({ model: tinyModel({ batchNorm: true }) });
    const before = tf.memory().numTensors;
    const counts = new Set<number>();
    const options = { epochs: 2, batchSize: 20, mixer: newMixer(), augment, test: testSet };
    for await (const { type } of manager.train(trainSet, options)) {
      if (type === 'step') counts.add(tf.memory().numTensors);
    }
    // One velocity for each of the six trained weights.
    expect([...counts]).toEqual([before + 6]);
    expect(tf.memory().numTensors).toBe(before + 6);
    manager.dispose();
  });

  test('stops where its loop is left, and goes on from there', async () => {
    const straight = manage();
    const expected = lossesOf(
      await collect(straight.train(trainSet, { epochs: 2, batchSize: 16 })),
    );
    const manager = manage();
    const losses: number[] = [];
    let numTensors = 0;
    for await (const event of manager.train(trainSet, { epochs: 2, batchSize: 16 })) {
      if (event.type !== 'step') continue;
      losses.push(event.loss);
      numTensors = tf.memory().numTensors;
      if (event.step === 2) break;
    }
    expect(tf.memory().numTensors).toBe(numTensors);
    expect([manager.epoch, manager.step]).toEqual([0, 2]);
    losses.push(...lossesOf(await collect(manager.train(trainSet, { epochs: 2, batchSize: 16 }))));
    expect(losses).toEqual(expected);
    straight.dispose();
    manager.dispose();
  });

  test('gives the same numbers for the same seed and others for another', async () => {
    const run = async (seed: number) => {
      const manager = manage({ seed });
      const events = await collect(manager.train(trainSet, { epochs: 1, batchSize: 16, augment }));
      manager.dispose();
      return lossesOf(events);
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  test('is one loop at a time', async () => {
    const manager = manage();
    const first = manager.train(trainSet, { epochs: 1, batchSize: 16 });
    await first.next();
    await expect(manager.train(trainSet, { epochs: 1, batchSize: 16 }).next()).rejects.toThrow(
      'ModelManager.train: the manager is training already; leave that loop first',
    );
    await first.return();
    manager.dispose();
  });
});

describe('train, mixing', () => {
  test('mixes even a batch of one, its partner being drawn from the whole set', async () => {
    const manager = manage();
    const options = { epochs: 1, batchSize: 47, mixer: newMixer() };
    const events = await collect(manager.train(trainSet, options));
    expect(lossesOf(events)).toHaveLength(2);
    manager.dispose();
  });

  test('refuses data of one class before it begins', () => {
    const manager = manage();
    const alone = relabelled(trainSet, new Array(48).fill(2));
    expect(() => manager.train(alone, { epochs: 1, batchSize: 8, mixer: newMixer() })).toThrow(
      'ModelManager.train: mixing needs examples of two classes, got 48 of class 2 alone',
    );
    manager.dispose();
  });
});

describe('train, options', () => {
  test.each([
    [{ epochs: 0 }, 'ModelManager.train: epochs must be a whole number from 1 up, got 0'],
    [{ batchSize: 1.5 }, 'ModelManager.train: batchSize must be a whole number from 1 up, got 1.5'],
    [
      { batchSize: 49 },
      'ModelManager.train: batchSize must be at most the 48 examples of the data set, got 49; use a smaller batch',
    ],
    [
      { augment: { padding: -1, flip: true } },
      'ModelManager.train: padding must be a whole number of pixels from 0 up, got -1',
    ],
    [{ test: { ...testSet, shape: [4, 2, 6] as const } }, 'fitted on images [4, 4, 3], got tiny'],
  ])('refuses what cannot be done: %#', (options: Partial<TrainOptions>, message) => {
    const manager = manage();
    expect(() => manager.train(trainSet, { epochs: 1, batchSize: 8, ...options })).toThrow(message);
    manager.dispose();
  });

  test('refuses to mix away a mean that test images would keep', () => {
    const standard = Preprocessing.fit(trainSet, 'standard');
    const manager = manage({ preprocessing: standard });
    const message =
      "ModelManager.train: the mixer takes each image's mean away, so that test images must lose theirs too, got a preprocessing for 'standard'; use Preprocessing.fit(dataset, 'bc+')";
    for (const method of ['bc+', { zeroMean: true }] as const) {
      const mixer = new Mixer({ method, numClasses: 3 });
      expect(() => manager.train(trainSet, { epochs: 1, batchSize: 8, mixer })).toThrow(message);
    }
    const mixer = new Mixer({ method: 'bc', numClasses: 3 });
    expect(() => manager.train(trainSet, { epochs: 1, batchSize: 8, mixer })).not.toThrow();
    manager.dispose();
  });

  test('refuses other batches in the middle of an epoch', async () => {
    const manager = manage();
    for await (const { type } of manager.train(trainSet, { epochs: 1, batchSize: 16 })) {
      if (type === 'step') break;
    }
    expect(() => manager.train(trainSet, { epochs: 1, batchSize: 12 })).toThrow(
      'ModelManager.train: the manager stands in the middle of an epoch of 48 examples in batches of 16, got 48 in batches of 12; end that epoch first',
    );
    manager.dispose();
  });

  test('refuses a loss that it does not know by name', () => {
    expect(() => manage({ loss: 'hinge' as never })).toThrow(
      'lossFromConfig: name must be klDivergence, softmaxCrossEntropy, sigmoidCrossEntropy, focal, labelSmoothing or classBalanced, got hinge',
    );
  });
});

describe('train, when numbers are no longer finite', () => {
  /** Runs until it throws; then the weights must be those before the step, statistics included. */
  async function failure(
    manager: ModelManager,
    options: Partial<TrainOptions> = {},
  ): Promise<{ message: string; steps: number }> {
    let steps = 0;
    let weights = await weightsOf(manager);
    const before = tf.memory().numTensors;
    try {
      const train = { epochs: 50, batchSize: 16, augment: false, ...options } as const;
      for await (const { type } of manager.train(trainSet, train)) {
        if (type === 'start') continue;
        if (type === 'step') steps++;
        weights = await weightsOf(manager);
      }
    } catch (error) {
      expect(await weightsOf(manager)).toEqual(weights);
      if (steps === 0) expect(tf.memory().numTensors).toBe(before);
      manager.dispose();
      return { message: (error as Error).message, steps };
    }
    throw new Error('it did not fail');
  }

  test('names the images when they hold NaN', async () => {
    const spoiled = new Mixer({ method: 'bc+', numClasses: 3, seed: 3, debug: true }); // by tensors
    const { apply } = Mixer.prototype;
    spoiled.apply = (images, labels, draw) => {
      const mixed = apply.call(spoiled, images, labels, draw);
      const nothing = tf.mul<typeof images>(mixed.images, Number.NaN);
      mixed.images.dispose();
      return { images: nothing, labels: mixed.labels };
    };
    const manager = manage({ model: tinyModel({ batchNorm: true }) });
    const { message } = await failure(manager, { mixer: spoiled });
    expect(message).toMatch(
      // The wasm backend's relu turns NaN into 0: there only the gradient tells.
      /^ModelManager\.train: the (loss is NaN|gradient is not finite) at step 1 \(epoch 1\), first in the images of the batch \(NaN in 768 of 768 numbers\); look for NaN/,
    );
  });

  test('names the logits and the learning rate when the weights run away', async () => {
    const model = tinyModel({ dropout: 0 });
    const { message, steps } = await failure(manage({ model }), { schedule: constant(1e30) });
    expect(steps).toBeGreaterThan(0);
    expect(message).toMatch(/first in (the logits|the gradient of fc\d\/\w+|the weight fc\d\/\w+)/);
    expect(message).toContain('the learning rate of 1e+30 is probably too high: try 1e+29');
    expect(message).toContain('the weights are as before the step');
  });

  test('names the loss when that is what overflows', async () => {
    const careless = (yTrue: tf.Tensor, logits: tf.Tensor) =>
      tf.sum(tf.mul(yTrue, tf.log(tf.mul(logits, 0))));
    const { message } = await failure(manage({ loss: careless }));
    expect(message).toMatch(
      /the loss is -?(NaN|Infinity) at step 1 \(epoch 1\), first in the loss/,
    );
    expect(message).toContain('the loss function is what overflows');
  });

  test('names the gradient when only that is not finite', async () => {
    const kink = (_: tf.Tensor, logits: tf.Tensor) => tf.sum(tf.sqrt(tf.mul(logits, 0)));
    const { message } = await failure(manage({ loss: kink }));
    expect(message).toMatch(
      /the gradient is not finite at step 1 \(epoch 1\), first in the gradient of fc/,
    );
  });

  test('keeps the last good checkpoint and says where it is', async () => {
    const run = await Run.create(join(root, 'run'), settings);
    const schedule = Object.assign(({ epoch }: { epoch: number }) => (epoch > 2 ? 1e30 : 0.01), {
      config: constant(1).config,
    });
    const manager = manage();
    const { message } = await failure(manager, { run, schedule });
    expect(message).toContain(`the checkpoint after epoch 2 is in ${run.checkpoint}`);
    const saved = await ModelManager.load(run.checkpoint);
    expect(saved.epoch).toBe(2);
    expect((await weightsOf(saved)).flat().every(Number.isFinite)).toBe(true);
    saved.dispose();
  });
});

test('train reports a model that ends in softmax in its first step', async () => {
  const manager = manage({ model: tinyModel({ softmax: true }) });
  const weights = await weightsOf(manager);
  await expect(collect(manager.train(trainSet, { epochs: 1, batchSize: 16 }))).rejects.toThrow(
    'remove the softmax',
  );
  expect(await weightsOf(manager)).toEqual(weights);
  manager.dispose();
});

describe('resuming', () => {
  const options = () => ({
    epochs: 4,
    batchSize: 20,
    schedule: cosine(0.1),
    mixer: newMixer(),
    augment,
    test: testSet,
  });

  test.each([
    ['after an epoch', (event: TrainEvent) => event.type === 'checkpoint' && event.epoch === 2],
    ['in the middle of an epoch', (event: TrainEvent) => event.type === 'step' && event.step === 8],
    ['before the first step', (event: TrainEvent) => event.type === 'start'],
  ])('gives the same numbers as not stopping: %s', async (_, isEnd) => {
    const model = () => tinyModel({ batchNorm: true });
    const straight = manage({ model: model() });
    const expected = await collect(straight.train(trainSet, options()));
    const weights = await weightsOf(straight);

    const first = manage({ model: model() });
    const run = await Run.create(join(root, 'run'), settings);
    const events: TrainEvent[] = [];
    for await (const event of first.train(trainSet, { ...options(), run })) {
      events.push(event);
      if (isEnd(event)) break;
    }
    await first.save(join(root, 'saved'));
    first.dispose();
    const second = await ModelManager.load(join(root, 'saved'));
    events.push(...(await collect(second.train(trainSet, options()))));

    const numbers = (all: TrainEvent[]) =>
      all.flatMap((event) => {
        if (event.type === 'step') return [event.step, event.loss, event.accuracy];
        if (event.type !== 'epoch') return [];
        const { epoch, trainLoss, trainAccuracy, testLoss, testAccuracy } = event;
        return [epoch, trainLoss, trainAccuracy, testLoss, testAccuracy];
      });
    expect(numbers(events)).toEqual(numbers(expected));
    expect(await weightsOf(second)).toEqual(weights);
    straight.dispose();
    second.dispose();
  });
});
