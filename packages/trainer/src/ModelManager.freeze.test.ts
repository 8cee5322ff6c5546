import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Preprocessing } from '@bcl/datasets';
import { freeze, learningRateFactors } from '@bcl/models';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ModelManager } from './ModelManager.js';
import { groupsByFactor } from './optimizers/groupsByFactor.js';
import { sgd } from './optimizers/sgd.js';
import { tinyDataset, tinyModel } from './testing/tinyTask.js';

// The threads run the built packages: `pnpm build` first.
jest.setTimeout(60_000);

const trainSet = tinyDataset();
const preprocessing = Preprocessing.fit(trainSet, 'standard');
// 17 examples a batch, which two threads share unevenly.
const once = { epochs: 1, batchSize: 17, augment: false as const, layerModules: ['@bcl/models'] };

function manage(
  model: LayersModel,
  optimizer = sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 }),
) {
  const options = { loss: 'softmaxCrossEntropy', preprocessing, ema: 0.9 } as const;
  return new ModelManager({ model, optimizer, ...options });
}

async function train(manager: ModelManager, threads = 1): Promise<void> {
  for await (const _ of manager.train(trainSet, { ...once, threads, test: trainSet })) {
    // Its weights are what is looked at.
  }
}

const weightsOf = (model: LayersModel) =>
  Object.fromEntries(
    model.weights.map((weight) => [weight.originalName, [...weight.read().dataSync()]]),
  );

test.each([1, 2])(
  'a frozen layer stays as it is to the last bit, on %d threads',
  async (threads) => {
    const model = tinyModel({ batchNorm: true, dropout: 0 });
    model.getLayer('bn').setWeights([1.1, 0.3, 0.7, 1.3].map((value) => tf.fill([8], value)));
    freeze(model, ['fc1', 'bn']);
    const before = weightsOf(model);
    const manager = manage(model);
    await train(manager, threads);
    const after = weightsOf(model);
    const changed = Object.keys(after).filter(
      (name) => String(after[name]) !== String(before[name]),
    );
    expect(changed).toEqual(['fc2/kernel', 'fc2/bias']);
    expect(Object.keys(manager.optimizer.state().tensors)).toEqual([
      'fc2/kernel/velocity',
      'fc2/bias/velocity',
    ]);
    manager.dispose();
  },
);

test('a frozen layer is frozen again when the checkpoint is loaded', async () => {
  const model = tinyModel({ batchNorm: true, dropout: 0 });
  freeze(model, ['fc1', 'bn']);
  const manager = manage(model);
  await train(manager);
  const folder = mkdtempSync(join(tmpdir(), 'bcl-frozen-'));
  try {
    await manager.save(join(folder, 'checkpoint'));
    const loaded = await ModelManager.load(join(folder, 'checkpoint'));
    expect(loaded.model.layers.map(({ trainable }) => trainable)).toEqual(
      model.layers.map(({ trainable }) => trainable),
    );
    expect(weightsOf(loaded.model)).toEqual(weightsOf(model));
    loaded.dispose();
    await manager.restore(join(folder, 'checkpoint'));
  } finally {
    rmSync(folder, { recursive: true });
  }
  manager.dispose();
});

test('a factor of the learning rate shortens the steps of its layers', async () => {
  const steps = async (factors: boolean) => {
    const model = tinyModel({ dropout: 0 });
    const before = weightsOf(model);
    const rules = [{ match: 'fc1', factor: 0.25 }];
    const groups = factors ? groupsByFactor(learningRateFactors(model, rules)) : [];
    const manager = manage(model, sgd({ learningRate: 0.1, groups }));
    for await (const event of manager.train(trainSet, once)) if (event.type === 'step') break;
    const after = weightsOf(model);
    manager.dispose();
    return (name: string) => {
      const old = before[name] as number[];
      return (after[name] as number[]).map((value, i) => value - (old[i] as number));
    };
  };
  const [plain, slow] = [await steps(false), await steps(true)];
  await expect(slow('fc1/kernel').map((step) => 4 * step)).toBeAllClose(plain('fc1/kernel'));
  await expect(slow('fc2/kernel')).toBeAllClose(plain('fc2/kernel'));
  expect(Math.max(...plain('fc1/kernel'))).toBeGreaterThan(1e-3);
});

test('a model that is frozen whole is not trained', async () => {
  const model = tinyModel();
  freeze(model, '*');
  const manager = manage(model);
  await expect(train(manager)).rejects.toThrow(
    'ModelManager.train: a layer must be left to train, got a model that was frozen whole',
  );
  manager.dispose();
});
