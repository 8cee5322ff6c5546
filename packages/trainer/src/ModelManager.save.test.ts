import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Preprocessing } from '@bcl/datasets';
import { classBalanced, focal, labelSmoothing } from '@bcl/losses';
import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { ModelManager, type ModelManagerOptions } from './ModelManager.js';
import { sgd } from './optimizers/sgd.js';
import { tinyDataset, tinyModel } from './testing/tinyTask.js';

const trainSet = tinyDataset();
const preprocessing = Preprocessing.fit(trainSet, 'bc+');

function manage(options: Partial<ModelManagerOptions> = {}): ModelManager {
  return new ModelManager({
    model: tinyModel({ batchNorm: true }),
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    loss: 'klDivergence',
    preprocessing,
    seed: 'save',
    ...options,
  });
}

async function trained(options: Partial<ModelManagerOptions> = {}): Promise<ModelManager> {
  const manager = manage(options);
  for await (const _ of manager.train(trainSet, { epochs: 1, batchSize: 16 }));
  return manager;
}

async function weightsOf({ model }: ModelManager): Promise<number[][]> {
  return Promise.all(model.weights.map(async (weight) => Array.from(await weight.read().data())));
}

/** Tensors as plain arrays. */
async function plain(tensors: tf.NamedTensorMap): Promise<Record<string, number[]>> {
  const entries = Object.entries(tensors).map(async ([name, x]) => [name, [...(await x.data())]]);
  return Object.fromEntries(await Promise.all(entries));
}

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bcl-save-'));
  folder = join(root, 'checkpoint');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('save and load', () => {
  test('bring back weights, statistics, momentum, settings and progress', async () => {
    const manager = await trained();
    await manager.save(folder);
    const before = tf.memory().numTensors;
    const loaded = await ModelManager.load(folder);
    expect(await weightsOf(loaded)).toEqual(await weightsOf(manager));
    expect(loaded.optimizer.getConfig()).toEqual(manager.optimizer.getConfig());
    const [mine, theirs] = [manager.optimizer.state(), loaded.optimizer.state()];
    expect(await plain(theirs.tensors)).toEqual(await plain(mine.tensors));
    expect(Object.keys(mine.tensors)).toContain('fc1/kernel/velocity');
    expect(theirs.numbers).toEqual({ steps: 3 });
    expect([loaded.epoch, loaded.step, loaded.seed]).toEqual([1, 3, 'save']);
    expect(loaded.preprocessing.toJSON()).toEqual(preprocessing.toJSON());
    expect(loaded.loss).toBe(manager.loss);
    expect(loaded.classNames).toEqual(['red', 'green', 'blue']);
    expect(await loaded.test(trainSet)).toEqual(await manager.test(trainSet));
    loaded.dispose();
    expect(tf.memory().numTensors).toBe(before);
    manager.dispose();
  });

  test('writes a model that tfjs-layers loads as it is', async () => {
    const manager = await trained();
    await manager.save(folder);
    expect(readdirSync(folder).sort()).toEqual([
      'model.json',
      'optimizer.bin',
      'training.json',
      'weights.bin',
    ]);
    const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
    const model = await loadLayersModel({
      load: async () => ({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest[0].weights,
        weightData: new Uint8Array(readFileSync(join(folder, json.weightsManifest[0].paths[0])))
          .buffer,
      }),
    });
    const x = tf.randomNormal([2, 4, 4, 3]);
    await expect(model.predict(x) as tf.Tensor).toBeAllClose(manager.model.predict(x) as tf.Tensor);
    model.dispose();
    manager.dispose();
  });

  test('replaces an earlier checkpoint, and leaves no tensors and no other files', async () => {
    const manager = await trained();
    await manager.save(folder);
    const before = tf.memory().numTensors;
    for await (const _ of manager.train(trainSet, { epochs: 2, batchSize: 16 }));
    await manager.save(folder);
    expect(tf.memory().numTensors).toBe(before);
    expect(readdirSync(root)).toEqual(['checkpoint']);
    const loaded = await ModelManager.load(folder);
    expect(loaded.epoch).toBe(2);
    loaded.dispose();
    manager.dispose();
  });

  test('finds the checkpoint that a kill between two renames left beside its place', async () => {
    const manager = await trained();
    await manager.save(folder);
    renameSync(folder, `${folder}.previous`);
    mkdirSync(`${folder}.writing`);
    writeFileSync(join(`${folder}.writing`, 'model.json'), '{"trunc');
    const loaded = await ModelManager.load(folder);
    expect(loaded.epoch).toBe(1);
    await loaded.save(folder);
    expect(readdirSync(root)).toEqual(['checkpoint']);
    loaded.dispose();
    manager.dispose();
  });

  test('refuses to replace a folder that is no checkpoint', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'thesis.tex'), 'years of work');
    const manager = manage();
    await expect(manager.save(folder)).rejects.toThrow(
      `ModelManager.save: ${folder} must be a new folder, an empty one or an earlier checkpoint, got one with thesis.tex; choose ${join(folder, 'checkpoint')}`,
    );
    expect(readFileSync(join(folder, 'thesis.tex'), 'utf8')).toBe('years of work');
    manager.dispose();
  });

  test('says where it could not write', async () => {
    writeFileSync(join(root, 'file'), '');
    const manager = manage();
    await expect(manager.save(join(root, 'file', 'checkpoint'))).rejects.toThrow(
      /^ModelManager\.save: cannot write the checkpoint .*E(NOTDIR|EXIST).*; the one that was there, if any, is as it was$/,
    );
    manager.dispose();
  });
});

describe('load', () => {
  test('says so when there is no checkpoint', async () => {
    await expect(ModelManager.load(folder)).rejects.toThrow(
      `ModelManager.load: no checkpoint at ${folder}`,
    );
    mkdirSync(folder);
    await expect(ModelManager.load(folder)).rejects.toThrow(
      `ModelManager.load: ${folder} must be a checkpoint, got a folder without training.json; a run keeps its own under checkpoint/`,
    );
  });

  test.each(['model.json', 'weights.bin', 'optimizer.bin', 'training.json'])(
    'refuses a checkpoint whose %s is cut short, longer, altered or gone',
    async (name) => {
      const manager = await trained();
      await manager.save(folder);
      manager.dispose();
      const path = join(folder, name);
      const whole = readFileSync(path);
      const before = tf.memory().numTensors;
      const refused = async () => {
        await expect(ModelManager.load(folder)).rejects.toThrow(/^ModelManager\.load: .*/);
        await expect(ModelManager.load(folder)).rejects.toThrow(name);
      };
      truncateSync(path, whole.length - 3);
      await refused();
      writeFileSync(path, whole);
      appendFileSync(path, 'x');
      await refused();
      if (name !== 'training.json') {
        const altered = Buffer.from(whole);
        altered[whole.length >> 1] = (altered[whole.length >> 1] as number) ^ 1;
        writeFileSync(path, altered);
        await refused();
      }
      rmSync(path);
      await refused();
      expect(tf.memory().numTensors).toBe(before);
      writeFileSync(path, whole);
      (await ModelManager.load(folder)).dispose();
    },
  );

  test('refuses a later version', async () => {
    const manager = manage();
    await manager.save(folder);
    manager.dispose();
    const path = join(folder, 'training.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), version: 2 }));
    await expect(ModelManager.load(folder)).rejects.toThrow('must be of version 1, got 2');
  });

  test('names a layer whose package was not imported', async () => {
    class Stray extends layers.Layer {
      static className = 'BclStray';
    }
    tf.serialization.registerClass(Stray);
    const model = sequential({
      layers: [layers.flatten({ inputShape: [4, 4, 3] }), new Stray({})],
    });
    const manager = manage({ model });
    await manager.save(folder);
    manager.dispose();
    const { classNameMap } = tf.serialization.SerializationMap.getMap();
    delete classNameMap.BclStray;
    await expect(ModelManager.load(folder)).rejects.toThrow(
      /has a layer BclStray that nobody has registered; import the package/,
    );
  });

  test('wants a loss of the caller’s own back from the caller', async () => {
    const loss = (yTrue: tf.Tensor, logits: tf.Tensor) => tf.losses.meanSquaredError(yTrue, logits);
    const manager = manage({ loss });
    await manager.save(folder);
    manager.dispose();
    await expect(ModelManager.load(folder)).rejects.toThrow('pass it as { loss }');
    const loaded = await ModelManager.load(folder, { loss });
    expect(loaded.loss).toBe(loss);
    loaded.dispose();
  });
});

describe('a loss', () => {
  const lossIn = () => JSON.parse(readFileSync(join(folder, 'training.json'), 'utf8')).loss;

  test('without settings is kept by its name', async () => {
    const manager = manage();
    await manager.save(folder);
    manager.dispose();
    expect(lossIn()).toBe('klDivergence');
  });

  test('with settings comes back with them, and trains on as it did', async () => {
    const loss = classBalanced(labelSmoothing(focal({ gamma: 2 }), 0.1), [0.5, 2 / 3, 11 / 6]);
    const manager = await trained({ loss });
    await manager.save(folder);
    expect(lossIn()).toEqual(loss.config);
    const loaded = await ModelManager.load(folder);
    for (const each of [manager, loaded]) {
      for await (const _ of each.train(trainSet, { epochs: 2, batchSize: 16 }));
    }
    expect(await weightsOf(loaded)).toEqual(await weightsOf(manager));
    manager.dispose();
    loaded.dispose();
  });

  test('is taken by its config too', async () => {
    const manager = manage({ loss: { name: 'focal', gamma: 2 } });
    await manager.save(folder);
    manager.dispose();
    expect(lossIn()).toEqual({ name: 'focal', gamma: 2 });
  });
});

describe('restore', () => {
  test('puts a manager where the checkpoint stands', async () => {
    const manager = await trained();
    await manager.save(folder);
    const other = manage();
    await other.restore(folder);
    expect(await weightsOf(other)).toEqual(await weightsOf(manager));
    expect([other.epoch, other.step]).toEqual([1, 3]);
    manager.dispose();
    other.dispose();
  });

  test.each([
    [{ units: 9, batchNorm: true }, 'fc1/kernel is [48,8] there and [48,9] here'],
    [{ batchNorm: false }, 'it holds bn/gamma [8], which this model does not have'],
  ])('refuses a checkpoint of another model and changes nothing: %j', async (options, message) => {
    const manager = await trained();
    await manager.save(folder);
    manager.dispose();
    const other = manage({ model: tinyModel(options) });
    const before = await weightsOf(other);
    await expect(other.restore(folder)).rejects.toThrow(
      `ModelManager.restore: ${folder} is of another model: ${message}; nothing was changed`,
    );
    expect(await weightsOf(other)).toEqual(before);
    expect(other.optimizer.state()).toEqual({ tensors: {}, numbers: { steps: 0 } });
    expect(other.epoch).toBe(0);
    other.dispose();
  });

  test('names a weight that the checkpoint lacks', async () => {
    const manager = await trained({ model: tinyModel() });
    await manager.save(folder);
    manager.dispose();
    const other = manage();
    await expect(other.restore(folder)).rejects.toThrow('it lacks bn/gamma [8]');
    expect(existsSync(folder)).toBe(true);
    other.dispose();
  });
});
