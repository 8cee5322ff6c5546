import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Preprocessing } from '@bcl/datasets';
import { ModelManager } from '../ModelManager.js';
import { sgd } from '../optimizers/sgd.js';
import { settings } from '../testing/runSettings.js';
import { tinyDataset, tinyModel } from '../testing/tinyTask.js';
import { Run } from './Run.js';

const trainSet = tinyDataset();

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bcl-run-'));
  folder = join(root, 'runs', 'first');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function manage(): ModelManager {
  return new ModelManager({
    model: tinyModel(),
    optimizer: sgd({ learningRate: 0.1 }),
    loss: 'klDivergence',
    preprocessing: Preprocessing.fit(trainSet, 'standard'),
  });
}

function lines(): Record<string, unknown>[] {
  const text = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('Run', () => {
  test('writes down what it was made with, versions included', async () => {
    const run = await Run.create(folder, settings);
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
    expect(config).toEqual(run.config);
    expect(config).toMatchObject({ version: 1, ...settings });
    expect(Number.isNaN(Date.parse(config.createdAt))).toBe(false);
    expect(config.versions).toMatchObject({
      node: process.versions.node,
      '@bcl/trainer': expect.stringMatching(/^\d/),
      '@tensorflow/tfjs-core': '4.22.0',
      '@tensorflow/tfjs-layers': '4.22.0',
      '@tensorflow/tfjs-backend-wasm': '4.22.0',
    });
    expect((await Run.open(folder)).config).toEqual(config);
  });

  test('refuses a folder that holds a run, and says what to do', async () => {
    await Run.create(folder, settings);
    const config = readFileSync(join(folder, 'config.json'));
    await expect(Run.create(folder, { ...settings, seed: 2 })).rejects.toThrow(
      `Run.create: ${folder} holds a run already; go on with it (--resume) or choose another folder`,
    );
    expect(readFileSync(join(folder, 'config.json'))).toEqual(config);
  });

  test('opens runs alone', async () => {
    await expect(Run.open(folder)).rejects.toThrow(
      `Run.open: ${folder} must be the folder of a run, got one without config.json`,
    );
    await Run.create(folder, settings);
    writeFileSync(join(folder, 'config.json'), '{"version": 7}');
    await expect(Run.open(folder)).rejects.toThrow('must be of version 1, got 7');
    writeFileSync(join(folder, 'config.json'), '{"vers');
    await expect(Run.open(folder)).rejects.toThrow('must be readable JSON');
  });

  test('keeps every N-th step, every epoch, the confusion matrix and a checkpoint', async () => {
    const run = await Run.create(folder, settings, { every: 2 });
    expect(await run.hasCheckpoint()).toBe(false);
    const manager = manage();
    const options = { epochs: 2, batchSize: 16, test: trainSet, run };
    const steps: number[] = [];
    for await (const event of manager.train(trainSet, options)) {
      if (event.type === 'step') steps.push(event.loss);
    }
    expect(lines().map(({ type, step, epoch }) => `${type} ${epoch} ${step}`)).toEqual([
      'step 1 2',
      'epoch 1 3',
      'step 2 4',
      'step 2 6',
      'epoch 2 6',
    ]);
    expect(lines()[0]).toEqual({
      type: 'step',
      step: 2,
      epoch: 1,
      loss: steps[1],
      accuracy: expect.any(Number),
      learningRate: 0.1,
      imagesPerSecond: expect.any(Number),
    });
    expect(lines()[4]).toMatchObject({
      trainLoss: expect.any(Number),
      trainAccuracy: expect.any(Number),
      testLoss: expect.any(Number),
      testAccuracy: expect.any(Number),
      seconds: expect.any(Number),
      learningRate: 0.1,
    });
    const { confusion } = await manager.test(trainSet);
    expect(JSON.parse(readFileSync(join(folder, 'confusion.json'), 'utf8'))).toEqual({
      classNames: ['red', 'green', 'blue'],
      matrix: confusion,
    });
    expect(await run.hasCheckpoint()).toBe(true);
    manager.dispose();
  });

  test('drops what came after the checkpoint when it is resumed', async () => {
    const first = manage();
    const run = await Run.create(folder, settings, { every: 1 });
    for await (const event of first.train(trainSet, { epochs: 2, batchSize: 16, run })) {
      if (event.type === 'step' && event.step === 5) break;
    }
    first.dispose();
    appendFileSync(join(folder, 'metrics.jsonl'), '{"type":"step","st');
    const manager = await ModelManager.load(run.checkpoint);
    expect(manager.step).toBe(3);
    const again = await Run.open(folder, { every: 1 });
    for await (const _ of manager.train(trainSet, { epochs: 2, batchSize: 16, run: again }));
    expect(lines().map(({ type, step }) => `${type} ${step}`)).toEqual([
      'step 1',
      'step 2',
      'step 3',
      'epoch 3',
      'step 4',
      'step 5',
      'step 6',
      'epoch 6',
    ]);
    manager.dispose();
  });
});
