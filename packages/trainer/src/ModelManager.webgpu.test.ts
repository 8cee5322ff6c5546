import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Preprocessing } from '@bcl/datasets';
import * as tf from '@tensorflow/tfjs-core';
import { ModelManager } from './ModelManager.js';
import { sgd } from './optimizers/sgd.js';
import { Run } from './run/Run.js';
import { settings } from './testing/runSettings.js';
import { tinyDataset, tinyModel } from './testing/tinyTask.js';

const trainSet = tinyDataset();
const augment = false;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'bcl-webgpu-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function manage(): ModelManager {
  return new ModelManager({
    model: tinyModel({ dropout: 0 }),
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    loss: 'klDivergence',
    preprocessing: Preprocessing.fit(trainSet, 'standard'),
  });
}

test('forty steps take no more memory of the GPU than ten', async () => {
  const manager = manage();
  const bytes = () => (tf.memory() as unknown as Memory).numBytesAllocatedInGPU;
  const at: Record<number, [bytes: number, tensors: number]> = {};
  for await (const event of manager.train(trainSet, {
    epochs: 14,
    batchSize: 16,
    augment,
  })) {
    if (event.type === 'step') at[event.step] = [bytes(), tf.memory().numTensors];
  }
  expect(at[40]).toEqual(at[10]);
  manager.dispose();
}, 120_000);

// The last: it ends the device of the tests.
test('a device lost in the midst of a run is told, and the last checkpoint is kept', async () => {
  const manager = manage();
  const run = await Run.create(join(root, 'run'), settings);
  const train = async (): Promise<void> => {
    for await (const event of manager.train(trainSet, { epochs: 3, batchSize: 16, augment, run })) {
      if (event.type === 'checkpoint') (tf.backend() as unknown as Backend).device.destroy();
    }
  };
  await expect(train()).rejects.toThrow(
    `; start the program again and go on from the last checkpoint; the checkpoint after epoch 1 is in ${run.checkpoint}`,
  );
  await tf.setBackend('cpu');
  const loaded = await ModelManager.load(run.checkpoint);
  expect([loaded.epoch, loaded.step]).toEqual([1, 3]);
  const { loss } = await loaded.test(trainSet);
  expect(Number.isFinite(loss)).toBe(true);
  loaded.dispose();
}, 120_000);

interface Memory {
  numBytesAllocatedInGPU: number;
}
interface Backend {
  device: { destroy(): void };
}
