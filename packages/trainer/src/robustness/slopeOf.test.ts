import { Preprocessing, type PreprocessingMethod } from '@bcl/datasets';
import { klDivergence, sigmoidCrossEntropy, softmaxCrossEntropy } from '@bcl/losses';
import { convnet } from '@bcl/models';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { tinyModel } from '../testing/tinyTask.js';
import type { Loss } from '../training/Loss.js';
import { slopeOf } from './slopeOf.js';

/** Normalisations that have seen images: a variance of 1 and a mean of 0, roughly. */
function settled(model: LayersModel): LayersModel {
  const random = createRandom(7);
  for (const weight of model.weights) {
    if (weight.trainable) continue;
    const variance = weight.originalName.endsWith('variance');
    const values = Float32Array.from(
      { length: tf.util.sizeFromShape(weight.shape as number[]) },
      () => (variance ? 0.5 + random() : random() - 0.5),
    );
    weight.write(tf.tensor(values, weight.shape as number[]));
  }
  return model;
}

const preprocessingOf = (method: PreprocessingMethod, side: number) =>
  new Preprocessing({
    method,
    mean: method === 'bc+' ? [4, 2, -6] : [125, 123, 114],
    std: [56, 54, 57],
    shape: [side, side, 3],
    classes: 3,
  });

const labels = () =>
  tf.tensor2d([
    [1, 0, 0],
    [0, 0.25, 0.75],
  ]);

describe.each(['standard', 'bc+'] as const)('the slope under %s', (method) => {
  test.each([
    ['softmax', softmaxCrossEntropy as Loss, 4, () => tinyModel({ batchNorm: true })],
    ['sigmoids', sigmoidCrossEntropy as Loss, 4, () => tinyModel({ batchNorm: true })],
    ['rows', ((t, y) => klDivergence(t, y, { reduction: 'none' })) as Loss, 4, () => tinyModel()],
    [
      'convolutions',
      softmaxCrossEntropy as Loss,
      16,
      () => convnet({ classes: 3, inputShape: [16, 16, 3] }),
    ],
  ])('is that of finite differences: %s', async (_, loss, side, make) => {
    const model = settled(make());
    const preprocessing = preprocessingOf(method, side);
    const random = createRandom(3);
    const draw = (of: () => number) =>
      tf.tensor4d(Float32Array.from({ length: 6 * side * side }, of), [2, side, side, 3]);
    const images = draw(() => Math.floor(256 * random()));
    const slope = slopeOf({ model, loss, preprocessing }, labels())(images);
    expect(slope.shape).toEqual(images.shape);
    const lossAt = async (x: tf.Tensor4D) => {
      const logits = model.predict(preprocessing.apply(x)) as tf.Tensor;
      return 2 * ((await tf.mean(loss(labels(), logits)).data())[0] as number);
    };
    // Along its own direction, and along directions that have nothing to do with it.
    const directions = [
      tf.sign(slope) as tf.Tensor4D,
      ...[1, 2, 3].map(() => draw(() => random() - 0.5)),
    ];
    const length = (await tf.norm(slope).data())[0] as number;
    for (const direction of directions) {
      const step = 0.0625;
      const [up, down] = [step, -step].map((by) =>
        tf.add<tf.Tensor4D>(images, tf.mul(direction, by)),
      );
      const measured =
        ((await lossAt(up as tf.Tensor4D)) - (await lossAt(down as tf.Tensor4D))) / (2 * step);
      const [expected] = await tf.sum(tf.mul(slope, direction)).data();
      const off = Math.abs(measured - (expected as number));
      // Kinks of ReLU and of pooling lie between the two.
      expect(off).toBeLessThan(0.02 * (Math.abs(expected as number) + 0.3 * length));
    }
    model.dispose();
  });

  test('does not depend on the other images of the batch', async () => {
    const model = settled(tinyModel({ batchNorm: true }));
    const of = {
      model,
      loss: softmaxCrossEntropy as Loss,
      preprocessing: preprocessingOf(method, 4),
    };
    const images = tf.randomUniform([2, 4, 4, 3], 0, 255, 'float32', 1) as tf.Tensor4D;
    const both = slopeOf(of, labels())(images);
    const first = slopeOf(of, tf.slice(labels(), 0, 1))(tf.slice(images, 0, 1));
    await expect(tf.slice(both, 0, 1)).toBeAllClose(first, { atol: 1e-7 });
    model.dispose();
  });
});

test('moving an image as a whole changes nothing under bc+', async () => {
  const model = settled(tinyModel());
  const of = { model, loss: softmaxCrossEntropy as Loss, preprocessing: preprocessingOf('bc+', 4) };
  const images = tf.randomUniform([2, 4, 4, 3], 0, 255, 'float32', 1) as tf.Tensor4D;
  const before = tf.memory().numTensors;
  const rows = labels();
  const slope = slopeOf(of, rows)(images);
  expect(tf.memory().numTensors).toBe(before + 2);
  const sums = tf.sum(slope, [1, 2, 3]);
  const sizes = tf.sum(tf.abs(slope), [1, 2, 3]);
  await expect(tf.div(sums, sizes)).toBeAllClose([0, 0], { atol: 1e-5 });
  model.dispose();
});
