import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { compose } from '../augment/compose.js';
import type { AugmentationStep } from '../augment/Step.js';
import type { DataIteratorOptions } from '../batches/DataIteratorOptions.js';
import type { PreprocessingMethod } from '../checkPreprocessing.js';
import { DataIterator } from '../dataIterator.js';
import type { Dataset } from '../dataset.js';
import { embedded } from '../embedded.js';
import { takeBatches, takeOver } from '../fixtures/batches.js';
import { failure } from '../fixtures/failure.js';
import { golden, published } from '../fixtures/golden.js';
import { compareFloats } from '../fixtures/nextFloat.js';
import { noise } from '../fixtures/noise.js';
import { streamOf } from '../fixtures/streamOf.js';
import { Preprocessing } from '../preprocessing.js';
import { readExamples } from '../readExamples.js';
import { ResidentImages } from './ResidentImages.js';

const shifted: AugmentationStep[] = [{ step: 'flip' }, { step: 'padCrop', padding: 2 }];
const cut: AugmentationStep[] = [
  { step: 'flip' },
  { step: 'randomCrop', size: [4, 3] },
  { step: 'padCrop', padding: 1 },
  { step: 'flip', probability: 0.3 },
  { step: 'padCrop', padding: 5 },
];
/** Height and width that differ, one channel, and bytes that end inside a word. */
const sets: Record<string, Dataset> = {
  'embedded images': embedded({ size: 22 }),
  'an odd number of bytes': noise(21, [5, 3, 1]),
  'two channels': noise(13, [4, 7, 2]),
  'four channels': noise(11, [6, 5, 4]),
};
const cases: [string, PreprocessingMethod | undefined, readonly AugmentationStep[] | undefined][] =
  Object.keys(sets).flatMap((name) => [
    [name, undefined, shifted],
    [name, 'standard', shifted],
    [name, 'bc', cut],
    [name, 'bc+', shifted],
    [name, 'bc+', undefined],
  ]);

/** An iterator with its images on the host, and the same with them on the device. */
function both(dataset: Dataset, options: Partial<DataIteratorOptions> = {}): DataIterator[] {
  return [false, true].map((resident) => {
    const settings = { batchSize: 5, random: createRandom(7), resident, ...options };
    return new DataIterator(dataset, settings);
  });
}

const dispose = (iterators: readonly DataIterator[]): void => {
  for (const each of iterators) each.dispose();
};

describe('a DataIterator whose images are resident', () => {
  test.each(cases)('gives the batches of the host, two epochs of %s: %s, %j', async (...of) => {
    const [name, method, steps] = of;
    const dataset = sets[name] as Dataset;
    const augment = steps && compose(steps);
    const fit = augment ? { augment } : {};
    const preprocessing = method && Preprocessing.fit(dataset, method, fit);
    const iterators = both(dataset, {
      ...(preprocessing && { preprocessing }),
      ...(augment && { augment }),
    });
    const [host, device] = iterators as [DataIterator, DataIterator];
    let [values, unequal] = [0, 0];
    for (let epoch = 0; epoch < 2; epoch++) {
      const wanted = await takeBatches(host);
      const got = await takeBatches(device);
      expect(got.map(({ xs, ...rest }) => rest)).toEqual(wanted.map(({ xs, ...rest }) => rest));
      for (const [i, { xs }] of wanted.entries()) {
        const differences = compareFloats((got[i] as { xs: Float32Array }).xs, xs);
        expect(differences.beyondNext).toBeLessThan(2 ** -46);
        values += xs.length;
        unequal += differences.unequal;
      }
    }
    expect(unequal).toBeLessThanOrEqual(method === 'bc+' ? values / 100_000 : 0);
    dispose(iterators);
  });

  test('gives exact zeros for flat images under bc+', async () => {
    const { images, ...rest } = noise(6, [4, 3, 1]);
    const dataset = { ...rest, images: images.map((_, i) => 40 * Math.floor(i / 12)) };
    const settings = {
      method: 'bc+',
      mean: [0],
      std: [51.3],
      shape: [4, 3, 1],
      classes: 3,
    } as const;
    const iterators = both(dataset, { preprocessing: new Preprocessing(settings), batchSize: 6 });
    for (const { xs } of await takeBatches(iterators[1] as DataIterator)) {
      expect(Array.from(xs)).toEqual(Array(72).fill(0));
    }
    dispose(iterators);
  });

  test('goes on inside an epoch where another stood, on the host or the device', async () => {
    const dataset = noise(17, [5, 4, 3]);
    const preprocessing = Preprocessing.fit(dataset, 'standard');
    const options = { preprocessing, augment: compose(shifted) };
    const iterators = [...both(dataset, options), ...both(dataset, options)];
    const [host, device, later, laterHost] = iterators as [
      DataIterator,
      DataIterator,
      DataIterator,
      DataIterator,
    ];
    const whole = await takeOver(host, 8);
    await takeOver(device, 6); // one epoch of four, and two
    const state = JSON.parse(JSON.stringify(device.state()));
    for (const other of [later, laterHost]) {
      other.restore(state);
      expect(await takeBatches(other)).toEqual(whole.slice(6));
    }
    dispose(iterators);
  });

  test('shares an epoch out', async () => {
    const dataset = noise(16, [3, 3, 1]);
    for (const index of [0, 1]) {
      const iterators = both(dataset, { shard: { index, count: 2 }, batchSize: 3 });
      const [wanted, got] = await Promise.all(iterators.map((each) => takeBatches(each)));
      expect(got).toEqual(wanted);
      dispose(iterators);
    }
  });

  test('holds a few tensors until it is disposed, two of them twice as many, whatever is tidied', async () => {
    const dataset = noise(12, [4, 4, 3]);
    const preprocessing = Preprocessing.fit(dataset, 'bc+');
    const options = { batchSize: 5, random: createRandom(1), preprocessing, resident: true };
    const count = () => [tf.memory().numTensors, tf.engine().backend.numDataIds()] as const;
    const before = count();
    const make = () => new DataIterator(dataset, { ...options, augment: compose(shifted) });
    tf.engine().startScope();
    const first = make();
    tf.engine().endScope();
    const held = count()[0] - before[0];
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(5);
    const second = make();
    for (const [epoch, iterator] of [first, second, first, second].entries()) {
      if (epoch === 2) expect(count()[0] - before[0]).toBe(2 * held);
      await takeBatches(iterator);
    }
    expect(count()[0] - before[0]).toBe(2 * held);
    first.dispose();
    first.dispose();
    expect(count()[0] - before[0]).toBe(held);
    expect(await takeBatches(second)).toHaveLength(3);
    expect(await failure(takeBatches(first))).toBe(
      'ResidentImages: the images were disposed; make new ones',
    );
    second.dispose();
    expect(count()).toEqual(before);
  });

  test('takes images that are held already, and leaves them to their maker', async () => {
    const dataset = noise(9, [4, 3, 1]);
    const resident = new ResidentImages(dataset);
    const before = tf.memory().numTensors;
    const iterators = both(dataset, { resident }); // both on the device
    expect(tf.memory().numTensors).toBe(before);
    dispose(iterators);
    const host = new DataIterator(dataset, { batchSize: 5, random: createRandom(7) });
    expect(await takeBatches(iterators[0] as DataIterator)).toEqual(await takeBatches(host));
    resident.dispose();
  });

  test('refuses what cannot be done there, by name', () => {
    const dataset = noise(9, [8, 8, 3]);
    const waves = Preprocessing.fit(dataset, 'bc+', {
      augment: compose([{ step: 'randomCrop', size: [4, 4] }]),
    });
    const before = tf.memory().numTensors;
    const refuse = (options: Partial<DataIteratorOptions>, message: string, source = dataset) => {
      const settings = { batchSize: 3, random: createRandom(1), resident: true, ...options };
      expect(() => new DataIterator(source, settings)).toThrow(message);
    };
    for (const step of [
      { step: 'pcaColor' },
      { step: 'randomErasing' },
      { step: 'resize', size: 9 },
      { step: 'randomResizedCrop', size: [8, 8] },
    ] as const) {
      refuse(
        { augment: compose([step]) },
        `DataIterator: images on the device can be moved alone, by flip, padCrop, randomCrop and centerCrop, got the step ${step.step}; leave it out, or leave out resident`,
      );
    }
    refuse(
      { preprocessing: waves, augment: compose([{ step: 'randomCrop', size: [4, 4] }]) },
      "DataIterator: under 'bc+' images on the device lose the mean of the whole image, got the step randomCrop, which cuts them before that; leave it out, or leave out resident",
    );
    refuse({ preprocessing: waves }, 'got the step centerCrop, which cuts them');
    refuse(
      { prefetch: { threads: 1 } },
      'DataIterator: resident prepares batches on the device and prefetch on threads, got both; leave out one of them',
    );
    refuse(
      {},
      'DataIterator: resident keeps all images on the device, got',
      streamOf(dataset) as unknown as Dataset,
    );
    const others = new ResidentImages(noise(9, [8, 8, 3]));
    refuse(
      { resident: others },
      'DataIterator: resident must be true, or images of the same data set and preprocessing, got those of noise with others; make them of these',
    );
    others.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('ResidentImages', () => {
  test.each(['bc', 'bcPlus'] as const)('reads the golden images under %s', async (rule) => {
    for (const pipeline of golden.pipelines) {
      const { images, shape, nClasses, result } = pipeline;
      const preprocessing = published(pipeline, rule);
      const dataset = {
        name: pipeline.id,
        images: Uint8Array.from(images.flatMap(({ raw }) => raw)),
        labels: Uint8Array.of(0, 1),
        shape,
        classNames: Array.from({ length: nClasses }, (_, k) => String(k)),
      };
      const resident = new ResidentImages(dataset, { preprocessing });
      const { xs } = resident.read([0, 1]);
      const { test1 } = result[rule];
      const close = { rtol: 1e-5, atol: 1e-5 };
      await expect((await xs.data()).slice(0, test1.length)).toBeAllClose(test1, close);
      const host = await readExamples(dataset, [0, 1], preprocessing).xs.data();
      expect(compareFloats(await xs.data(), host).beyondNext).toBeLessThan(2 ** -46);
      resident.dispose();
    }
  });

  test('reads any of its examples, one more than once, as readExamples does', async () => {
    const dataset = { ...noise(9, [3, 5, 1]), softLabels: new Float32Array(27).fill(1 / 3) };
    const resident = new ResidentImages(dataset);
    const before = tf.memory().numTensors;
    const got = resident.read([8, 0, 8]);
    const wanted = readExamples(dataset, [8, 0, 8]);
    expect(await got.xs.data()).toEqual(await wanted.xs.data());
    expect(await got.ys.data()).toEqual(await wanted.ys.data());
    expect([got.ids, got.indices]).toEqual([wanted.ids, wanted.indices]);
    tf.dispose([got.xs, got.ys, wanted.xs, wanted.ys]);
    expect(tf.memory().numTensors).toBe(before);
    expect(() => resident.read([9])).toThrow(/^ResidentImages: indices must be .*0 to 8, got 9$/);
    expect(() => resident.readImages(Int32Array.of(-1))).toThrow(
      'ResidentImages: indices must be from 0 to 8, got -1',
    );
    const augment = compose([{ step: 'pcaColor' }]);
    expect(() => resident.read([1], { augment, random: createRandom(1) })).toThrow(
      /^ResidentImages: images on the device can be moved alone/,
    );
    resident.dispose();
  });

  test('does not depend on where the bytes lie in their memory', async () => {
    const { images, ...rest } = noise(8, [2, 2, 1]);
    const memory = new Uint8Array(images.length + 3);
    memory.set(images, 3);
    const resident = new ResidentImages({ ...rest, images: memory.subarray(3) });
    const { xs } = resident.read([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await xs.data()).toEqual(Float32Array.from(images));
    resident.dispose();
  });

  test('refuses to be read on another backend', async () => {
    const name = tf.getBackend();
    const { cpu } = tf.engine().registryFactory;
    const resident = new ResidentImages(noise(4, [2, 2, 1]));
    tf.registerBackend('another', cpu?.factory as () => tf.KernelBackend);
    await tf.setBackend('another');
    try {
      expect(() => resident.read([0])).toThrow(
        `ResidentImages: the images must be read on the backend that holds them, ${name}, got another; go back to it, or make new ones`,
      );
    } finally {
      await tf.setBackend(name);
      tf.removeBackend('another');
    }
    resident.dispose();
  });
});
