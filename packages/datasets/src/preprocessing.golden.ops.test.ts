import * as tf from '@tensorflow/tfjs-core';
import { applyFlip } from './augment/flip.js';
import { applyPadCrop } from './augment/padCrop.js';
import { digest, golden, type Pipeline, published } from './fixtures/golden.js';

const rules = ['bc', 'bcPlus'] as const;
const close = { rtol: 1e-5, atol: 1e-5 };

/** Both images of a case, normalised, flipped, padded and cropped as it says. */
function prepare(
  {
    shape,
    pad,
    images,
    ...rest
  }: Pick<Pipeline, 'dataset' | 'shape' | 'pad' | 'nClasses' | 'images'>,
  rule: 'bc' | 'bcPlus',
): { test: tf.Tensor4D; train: tf.Tensor4D } {
  const preprocessing = published({ shape, ...rest }, rule);
  const bytes = Uint8Array.from(images.flatMap(({ raw }) => raw));
  const test = preprocessing.apply(bytes, 2);
  const flipped = applyFlip(test, { flip: Uint8Array.from(images, ({ flip }) => Number(flip)) });
  const train = applyPadCrop(flipped, {
    padding: pad,
    top: Int32Array.from(images, ({ top }) => top),
    left: Int32Array.from(images, ({ left }) => left),
  });
  return { test, train };
}

describe('from raw images to what is mixed', () => {
  const cases = golden.pipelines.flatMap((pipeline) => rules.map((rule) => ({ pipeline, rule })));

  test.each(cases)('$pipeline.id, $rule', async ({ pipeline, rule }) => {
    const { pre1, pre2, test1 } = pipeline.result[rule];
    const { test, train } = prepare(pipeline, rule);
    await expect(train).toBeAllClose([...pre1, ...pre2], close);
    await expect((await test.data()).slice(0, test1.length)).toBeAllClose(test1, close);
  });

  test.each(cases)('$pipeline.id, $rule, of a tensor', async ({ pipeline, rule }) => {
    const { test } = prepare(pipeline, rule);
    const { raw } = pipeline.images[0];
    const preprocessing = published(pipeline, rule);
    const ofTensor = preprocessing.apply(tf.tensor4d(raw, [1, ...pipeline.shape]), 1);
    await expect(ofTensor).toBeAllClose((await test.data()).slice(0, raw.length), close);
  });

  const full = golden.full.flatMap((pipeline) => rules.map((rule) => ({ pipeline, rule })));

  test.each(full)('$pipeline.id, $rule, as a digest', async ({ pipeline, rule }) => {
    const trained = await prepare(pipeline, rule).train.data();
    const half = trained.length / 2;
    const got = { pre1: digest(trained.slice(0, half)), pre2: digest(trained.slice(half)) };
    for (const [name, { every97th, ...sums }] of Object.entries(got)) {
      const expected = pipeline.result[rule][name as keyof typeof got];
      await expect(every97th).toBeAllClose(expected.every97th, close);
      for (const [key, value] of Object.entries(sums)) {
        const wanted = expected[key as keyof typeof sums];
        expect(Math.abs(value - wanted)).toBeLessThan(1e-4 * Math.max(1, Math.abs(wanted)));
      }
    }
  });
});
