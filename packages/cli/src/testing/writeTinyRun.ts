import { embedded, Preprocessing } from '@bcl/datasets';
import { constant, ModelManager, Run, sgd } from '@bcl/trainer';
import { initializers, layers, sequential } from '@tensorflow/tfjs-layers';

/** Writes the folder of a run with a linear network on images of 32 x 32 that has learned nothing yet. */
export async function writeTinyRun(
  folder: string,
  { source, seed = 1 }: { source: string; seed?: number },
): Promise<void> {
  const kernelInitializer = initializers.randomNormal({ stddev: 1e-3, seed });
  const dense = layers.dense({ name: 'logits', units: 10, kernelInitializer });
  const model = sequential({
    layers: [layers.flatten({ name: 'pixels', inputShape: [32, 32, 3] }), dense],
  });
  const optimizer = sgd({ learningRate: 0.1 });
  const manager = new ModelManager({
    model,
    optimizer,
    loss: 'softmaxCrossEntropy',
    preprocessing: Preprocessing.fit(embedded({ size: 50 }), 'standard'),
  });
  const { checkpoint } = await Run.create(folder, {
    data: { source },
    model: { name: 'convnet' },
    method: 'standard',
    label: 'ratio',
    training: {
      epochs: 1,
      batchSize: 2,
      optimizer: optimizer.getConfig(),
      schedule: constant(0.1).config,
      augment: false,
    },
    seed: 0,
    backend: 'wasm',
    threads: 1,
  });
  await manager.save(checkpoint);
  manager.dispose();
}
