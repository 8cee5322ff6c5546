import { useBackend } from '@bcl/backends';
import { cifar10, Preprocessing } from '@bcl/datasets';
import { Mixer } from '@bcl/mixing';
import { ModelManager, Run, sgd } from '@bcl/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';
import { tinyDataset } from './tinyTask.js';

/** What a training of a few steps gave. */
export interface FewSteps {
  backend: string;
  losses: number[];
  testLoss: number;
}

/** Trains a small convolutional network by BC+ for two epochs, the same in Node and on a page. */
export async function trainFewSteps(backend: 'webgpu' | 'webgl' | 'wasm'): Promise<FewSteps> {
  tf.env().set('IS_TEST', true);
  if (backend === 'webgl') {
    await import('@tensorflow/tfjs-backend-webgl');
    await tf.setBackend('webgl');
  } else {
    await useBackend(backend, { wasmPaths: '/wasm/' });
  }
  const trainSet = tinyDataset({ size: 32 });
  const start = (seed: number) => initializers.glorotUniform({ seed });
  const model = sequential({ name: 'small' });
  model.add(
    layers.conv2d({
      ...{ inputShape: [4, 4, 3], filters: 8, kernelSize: 3, padding: 'same', name: 'conv1' },
      kernelInitializer: start(1),
    }),
  );
  model.add(layers.reLU({ name: 'relu1' }));
  model.add(
    layers.conv2d({ filters: 8, kernelSize: 3, name: 'conv2', kernelInitializer: start(2) }),
  );
  model.add(layers.flatten({ name: 'flat' }));
  model.add(layers.dense({ units: 3, name: 'fc', kernelInitializer: start(3) }));
  const manager = new ModelManager({
    model,
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
    loss: 'klDivergence',
    preprocessing: Preprocessing.fit(trainSet, 'bc+'),
    seed: 7,
  });
  const losses: number[] = [];
  const mixer = new Mixer({ numClasses: 3, seed: 3 });
  const augment = { padding: 1, flip: true };
  for await (const event of manager.train(trainSet, { epochs: 2, batchSize: 16, mixer, augment })) {
    if (event.type === 'step') losses.push(event.loss);
  }
  const { loss } = await manager.test(trainSet);
  manager.dispose();
  return { backend: tf.getBackend(), losses, testLoss: loss };
}

/** What is said of what only Node can do. */
export async function refusals(): Promise<string[]> {
  await useBackend('wasm', { wasmPaths: '/wasm/' });
  const trainSet = tinyDataset();
  const model = sequential({ name: 'one' });
  model.add(layers.flatten({ inputShape: [4, 4, 3], name: 'flat' }));
  model.add(layers.dense({ units: 3, name: 'fc' }));
  const manager = new ModelManager({
    model,
    optimizer: sgd({ learningRate: 0.1 }),
    loss: 'klDivergence',
    preprocessing: Preprocessing.fit(trainSet, 'standard'),
  });
  const tries = [
    () => manager.save('checkpoint'),
    () => ModelManager.load('checkpoint'),
    () => Run.open('run'),
    () => cifar10('cifar-10-batches-bin'),
    () => manager.train(trainSet, { epochs: 1, batchSize: 16, threads: 2 }).next(),
  ];
  const said: string[] = [];
  for (const attempt of tries) {
    try {
      await attempt();
      said.push('nothing');
    } catch (error) {
      said.push((error as Error).message);
    }
  }
  manager.dispose();
  return said;
}
