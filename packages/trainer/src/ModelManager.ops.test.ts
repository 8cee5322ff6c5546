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
  const expected = [1.07203162, 1.058779, 0.66288555, 0.64049852, 0.60886127, 0.40250024];
  await expect(losses).toBeAllClose(expected, { rtol: 1e-4 });
  expect(loss).toBeCloseTo(0.6351992, 4);
  expect(accuracy).toBeCloseTo(37 / 48, 6);
  manager.dispose();
});
