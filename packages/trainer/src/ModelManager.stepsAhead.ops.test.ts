import { type Dataset, Preprocessing } from '@bcl/datasets';
import { klDivergence } from '@bcl/losses';
import { Mixer } from '@bcl/mixing';
import * as tf from '@tensorflow/tfjs-core';
import { ModelManager, type ModelManagerOptions } from './ModelManager.js';
import { adam } from './optimizers/adam.js';
import type { Optimizer } from './optimizers/Optimizer.js';
import { sgd } from './optimizers/sgd.js';
import { swats } from './optimizers/swats.js';
import { cosine } from './schedules/cosine.js';
import { tinyDataset, tinyModel } from './testing/tinyTask.js';
import type { TrainEvent } from './training/TrainEvent.js';
import type { TrainOptions } from './training/TrainOptions.js';

// Steps that are taken before the numbers of those before them are read, beside steps that are read one by one: on every backend, bit for bit.

const trainSet = tinyDataset();
const testSet = tinyDataset({ size: 24, seed: 'test' });
const preprocessing = Preprocessing.fit(trainSet, 'bc+');

const optimizers: [string, () => Optimizer][] = [
  ['sgd', () => sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 })],
  ['adam, clipped', () => adam({ learningRate: 0.02, clip: { norm: 1 } })],
  ['swats', () => swats({ learningRate: 0.01, threshold: 0.05 })],
];
const momentum = () => sgd({ learningRate: 0.1, momentum: 0.9 });

function manage(options: Partial<ModelManagerOptions> = {}): ModelManager {
  return new ModelManager({
    model: tinyModel({ batchNorm: true }),
    optimizer: momentum(),
    loss: 'klDivergence',
    preprocessing,
    seed: 7,
    ...options,
  });
}

/** Six steps in each of three epochs. */
const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  epochs: 3,
  batchSize: 8,
  schedule: cosine(0.05),
  mixer: new Mixer({ method: 'bc+', numClasses: 3, seed: 3 }),
  augment: { padding: 1, flip: true },
  ...more,
});

/** Events but for what a clock says. */
function timeless(events: TrainEvent[]): object[] {
  return events.map((event) => ({ ...event, seconds: 0, imagesPerSecond: 0 }));
}

/** All that training changes, as numbers. */
async function stateOf({ model, optimizer }: ModelManager): Promise<object> {
  const { tensors, numbers } = optimizer.state();
  const read = async (x: tf.Tensor) => Array.from(await x.data());
  const slots = Object.entries(tensors).map(async ([name, x]) => [name, await read(x)] as const);
  return {
    weights: await Promise.all(model.weights.map((weight) => read(weight.read()))),
    slots: Object.fromEntries(await Promise.all(slots)),
    numbers,
  };
}

/** Trains up to a step, or until it throws. */
async function train(
  manager: ModelManager,
  more: Partial<TrainOptions>,
  {
    dataset = trainSet,
    until = Number.POSITIVE_INFINITY,
  }: { dataset?: Dataset; until?: number } = {},
): Promise<{ events: TrainEvent[]; error: string | undefined }> {
  const events: TrainEvent[] = [];
  try {
    for await (const event of manager.train(dataset, options(more))) {
      events.push(event);
      if (event.type === 'step' && event.step === until) break;
    }
  } catch (error) {
    return { events, error: (error as Error).message };
  }
  return { events, error: undefined };
}

/** The loss, but that it is NaN in one of the passes; its gradient is not. */
function spoiledAt(pass: number): (yTrue: tf.Tensor, logits: tf.Tensor) => tf.Tensor {
  let passes = 0;
  return (yTrue, logits) => {
    const loss = klDivergence(yTrue as tf.Tensor2D, logits as tf.Tensor2D);
    return ++passes === pass ? tf.add(loss, Number.NaN) : loss;
  };
}

test('several steps are taken before the first of them is read', async () => {
  const optimizer = momentum();
  const manager = manage({ optimizer });
  const { step } = optimizer;
  let taken = 0;
  optimizer.step = (...given) => {
    step.apply(optimizer, given);
    taken++;
  };
  const backend = tf.backend();
  const read = backend.read.bind(backend);
  const during: number[] = [];
  const spy = jest.spyOn(backend, 'read').mockImplementation(async (id) => {
    const begun = taken;
    const values = await read(id);
    during.push(taken - begun);
    return values;
  });
  const toldAfter: number[] = [];
  try {
    for await (const event of manager.train(trainSet, options({ epochs: 1, stepsAhead: 3 }))) {
      if (event.type === 'step') toldAfter.push(taken);
    }
  } finally {
    spy.mockRestore();
  }
  // The first is taken alone; then each is told of when three more are under way, as long as there are so many: on tensorflow, whose reads
  // wait for all that is under way, the four together.
  const ahead = tf.getBackend() === 'tensorflow' ? [5, 5, 5, 5, 6] : [5, 6, 6, 6, 6];
  expect(toldAfter).toEqual([1, ...ahead]);
  // On a device the read itself lasts that long: its queue never runs dry in between.
  if (tf.getBackend() === 'webgpu') expect(Math.max(...during)).toBeGreaterThanOrEqual(3);
  manager.dispose();
});

describe.each(optimizers)('with %s', (_, optimizer) => {
  test('all that is told is as without steps ahead', async () => {
    const run = async (stepsAhead: number) => {
      const manager = manage({ optimizer: optimizer(), ema: 0.9 });
      const { events, error } = await train(manager, { stepsAhead, test: testSet });
      expect(error).toBeUndefined();
      const after = await stateOf(manager);
      manager.dispose();
      return { events: timeless(events), after };
    };
    const expected = await run(0);
    expect(expected.events.filter((event) => (event as TrainEvent).type === 'step')).toHaveLength(
      18,
    );
    expect(await run(2)).toEqual(expected);
  });

  test('a step that is not finite is undone, with those after it', async () => {
    const bad = 9;
    const spoiled = async (stepsAhead: number) => {
      const manager = manage({ optimizer: optimizer(), ema: 0.9, loss: spoiledAt(bad) });
      const { events, error } = await train(manager, { stepsAhead });
      const result = { events: timeless(events), error, after: await stateOf(manager) };
      // Both by the weights and by their average.
      const tests = [await manager.test(testSet), await manager.test(testSet, { average: false })];
      expect(manager.step).toBe(bad - 1);
      manager.dispose();
      return { ...result, tests };
    };
    const expected = await spoiled(0);
    const straight = manage({ optimizer: optimizer(), ema: 0.9 });
    await train(straight, { stepsAhead: 0 }, { until: bad - 1 });
    expect(expected.after).toEqual(await stateOf(straight));
    straight.dispose();

    const ahead = await spoiled(3);
    expect(ahead).toEqual(expected);
    expect(ahead.error).toMatch(
      /^ModelManager.train: the loss is NaN at step 9 \(epoch 2\), first in the loss /,
    );
  });
});

test('the reason is found in the images of the step that had it', async () => {
  const fail = async (stepsAhead: number) => {
    const mixer = new Mixer({ method: 'mixup', numClasses: 3, seed: 3 });
    const { apply } = Mixer.prototype;
    let batches = 0;
    mixer.apply = (images, labels, draw) => {
      const mixed = apply.call(mixer, images, labels, draw) as ReturnType<
        typeof mixer.apply<typeof images>
      >;
      if (++batches < 4) return mixed;
      const nothing = tf.mul<typeof images>(mixed.images, Number.NaN);
      mixed.images.dispose();
      return { images: nothing, labels: mixed.labels };
    };
    const manager = manage();
    const { events, error } = await train(manager, { stepsAhead, mixer });
    const after = await stateOf(manager);
    manager.dispose();
    return { events: timeless(events), error, after };
  };
  const expected = await fail(0);
  expect(expected.error).toMatch(
    /at step 4 \(epoch 1\), first in the images of the batch \(NaN in 384 of 384 numbers\); look for NaN/,
  );
  expect(await fail(2)).toEqual(expected);
});

test('the manager stands after the last step told of, inside of the loop and where it is left', async () => {
  const optimizer = () => adam({ learningRate: 0.02 });
  const expected: object[] = [];
  const direct = manage({ optimizer: optimizer() });
  for await (const { type } of direct.train(trainSet, options({ stepsAhead: 0 }))) {
    if (type === 'step') expected.push(await stateOf(direct));
  }
  const manager = manage({ optimizer: optimizer() });
  for await (const event of manager.train(trainSet, options({ stepsAhead: 2 }))) {
    if (event.type !== 'step') continue;
    expect(await stateOf(manager)).toEqual(expected[event.step - 1]);
    if (event.step === 3) break;
  }
  expect(await stateOf(manager)).toEqual(expected[2]);
  // And goes on from there.
  const { events } = await train(manager, { stepsAhead: 2 });
  expect(events.filter(({ type }) => type === 'step')).toHaveLength(15);
  expect(await stateOf(manager)).toEqual(await stateOf(direct));
  direct.dispose();
  manager.dispose();
});

test('weights that are changed inside of the loop count from the next step on', async () => {
  const run = async (stepsAhead: number) => {
    const manager = manage();
    const losses: number[] = [];
    for await (const event of manager.train(trainSet, options({ epochs: 1, stepsAhead }))) {
      if (event.type !== 'step') continue;
      losses.push(event.loss);
      if (event.step !== 3) continue;
      for (const weight of manager.model.trainableWeights) {
        tf.tidy(() => void weight.write(tf.mul(weight.read(), 0.5)));
      }
    }
    const after = await stateOf(manager);
    manager.dispose();
    return { losses, after };
  };
  expect(await run(2)).toEqual(await run(0));
});

test('what comes before a failure of the data is told of first', async () => {
  const fail = async (stepsAhead: number) => {
    const manager = manage();
    const mixer = new Mixer({ method: 'bc+', numClasses: 3, seed: 3 });
    const { drawFrom } = Mixer.prototype;
    let batches = 0;
    mixer.drawFrom = (...given) => {
      if (++batches === 4) throw new Error('no such image');
      return drawFrom.apply(mixer, given);
    };
    const before = tf.memory().numTensors;
    const { events, error } = await train(manager, { stepsAhead, mixer });
    const tensors = tf.memory().numTensors - before;
    manager.dispose();
    return { events: timeless(events), error, tensors };
  };
  const expected = await fail(0);
  expect(expected.error).toBe('no such image');
  expect(expected.events.filter((event) => (event as TrainEvent).type === 'step')).toHaveLength(3);
  expect(await fail(2)).toEqual(expected);
});

test('no tensor is left, however it ends, and no more are held later than in the first steps', async () => {
  const run = async (
    more: Partial<TrainOptions>,
    until?: number,
    loss?: ModelManagerOptions['loss'],
  ) => {
    const optimizer = momentum();
    const manager = manage({ optimizer, ...(loss ? { loss } : {}) });
    const before = tf.memory().numTensors;
    const held = new Map<number, number>();
    try {
      for await (const event of manager.train(trainSet, options({ stepsAhead: 2, ...more }))) {
        if (event.type !== 'step') continue;
        held.set(event.step, tf.memory().numTensors);
        if (event.step === until) break;
      }
    } catch {
      expect(loss).toBeDefined();
    }
    const slots = Object.keys(optimizer.state().tensors).length;
    expect(tf.memory().numTensors).toBe(before + slots);
    manager.dispose();
    return held;
  };
  const held = await run({ batchSize: 2, epochs: 1 });
  expect(held.size).toBe(24);
  const most = (from: number, to: number) =>
    Math.max(...[...held].filter(([step]) => step >= from && step <= to).map(([, count]) => count));
  expect(most(9, 24)).toBe(most(3, 8));
  await run({}, 8);
  await run({}, undefined, spoiledAt(8));
  await run({ stepsAhead: 50 });
});
