import { Preprocessing } from '@bcl/datasets';
import { Mixer } from '@bcl/mixing';
import { ModelManager } from './ModelManager.js';
import { sgd } from './optimizers/sgd.js';
import { tinyDataset, tinyModel } from './testing/tinyTask.js';

// A GPU in software compiles its shaders slowly.
jest.setTimeout(60_000);

test('train gives the same numbers on every backend', async () => {
  const trainSet = tinyDataset();
  const manager = new ModelManager({
    model: tinyModel({ batchNorm: true }),
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
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
  const { loss, accuracy } = await manager.test(trainSet);
  // Taken from the cpu backend; the others must agree.
  const expected = [1.16292918, 0.72734147, 0.46706575, 0.70957607, 0.41385216, 0.44624931];
  await expect(losses).toBeAllClose(expected, { rtol: 1e-4 });
  expect(loss).toBeCloseTo(0.4574718, 4);
  expect(accuracy).toBe(1);
  manager.dispose();
});
