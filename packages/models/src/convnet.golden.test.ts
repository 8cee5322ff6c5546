import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { convnet } from './convnet.js';
import {
  channelsFirst,
  fillByRule,
  type GoldenNetwork,
  goldenFile,
  goldenImages,
  goldenVariable,
  normOf,
  offBy,
  parameterCount,
  sumsOf,
  tapLayers,
} from './testing/golden.js';
import { GoldenRule } from './testing/goldenRule.js';
import { toTorchLayout } from './weights/torchLayout.js';

// Reference: PyTorch in float64; the bounds are those that come with the numbers, for float32.
const golden = goldenFile<GoldenNetwork>('models/convnet.json');
const rule = new GoldenRule(golden.salt);
const [, channels = 0, height = 0, width = 0] = golden.inputShape;
const options = { classes: golden.classes, inputShape: [height, width, channels] as const };

describe('convnet in evaluation', () => {
  let model: LayersModel;
  beforeAll(() => {
    model = convnet(options);
  });
  afterAll(() => model.dispose());

  test('has the parameters of the original', () => {
    expect(parameterCount(model)).toBe(golden.parameterCount);
    const sums = fillByRule(model, golden);
    expect(sums.sum).toBeCloseTo(golden.checksum.sum, 2);
    expect(sums.sumAbs).toBeCloseTo(golden.checksum.sumAbs, 2);
  });

  test('gives its logits and what leads to them', async () => {
    const values = rule.input('input', golden.inputShape);
    expect(sumsOf(values).sum).toBeCloseTo(golden.inputChecksum.sum, 4);
    expect(sumsOf(values).sumAbs).toBeCloseTo(golden.inputChecksum.sumAbs, 2);
    const x = goldenImages(values, golden.inputShape);
    const logits = model.predict(x) as tf.Tensor;
    expect(offBy(await logits.data(), golden.eval.logits.flat())).toBeLessThan(1e-4);

    const { taps } = golden.eval;
    expect(taps.length).toBeGreaterThan(0);
    const layerOf = (module: string) => (module.startsWith('conv') ? `${module}.bn` : module);
    const outputs = tapLayers(
      model,
      taps.map(({ module }) => layerOf(module)),
      x,
    );
    for (const [i, tap] of taps.entries()) {
      const output = channelsFirst(outputs[i] as tf.Tensor);
      expect(output.shape).toEqual(tap.shape);
      const numbers = await output.data();
      const { sum } = sumsOf(numbers);
      const digest = [sum / numbers.length, normOf(numbers), ...numbers.slice(0, 3)];
      expect(offBy(digest, [tap.mean, tap.norm, ...tap.first3])).toBeLessThan(1e-4);
    }
  });
});

describe('convnet in training', () => {
  let model: LayersModel;
  beforeAll(() => {
    // The gradient jumps where a rounding error carries a value over the edge of its ReLU, and the
    // reference keeps clear of no more than float32's own errors: direct products, then.
    tf.env().set('BCL_WASM_WINOGRAD', false);
    model = convnet({ ...options, dropout: 0 });
    fillByRule(model, golden);
  });
  afterAll(() => {
    tf.env().set('BCL_WASM_WINOGRAD', true);
    model.dispose();
  });

  test('gives the logits, loss, gradients and running statistics of the original', async () => {
    const { train } = golden;
    const x = goldenImages(rule.input(train.inputName, train.inputShape), train.inputShape);
    const targets = tf.tensor2d(train.targets);
    let logits = tf.zeros(targets.shape);
    const { value, grads } = tf.variableGrads(() => {
      const output = model.apply(x, { training: true }) as tf.Tensor2D;
      logits = tf.keep(tf.clone(output));
      const rows = tf.sum(tf.mul(targets, tf.logSoftmax(output)), 1);
      return tf.neg(tf.mean<tf.Scalar>(rows));
    });
    expect(offBy(await logits.data(), train.logits.flat())).toBeLessThan(1e-4);
    expect(offBy(await value.data(), [train.loss])).toBeLessThan(1e-4);
    logits.dispose();

    const gradientOf = async (name: string) => {
      const gradient = grads[goldenVariable(model, name).name] as tf.Tensor;
      return toTorchLayout(gradient).data();
    };
    expect(train.gradients.length).toBeGreaterThan(0);
    for (const { name, norm, first5 } of train.gradients) {
      const numbers = await gradientOf(name);
      expect(offBy([normOf(numbers)], [norm])).toBeLessThan(1e-3);
      await expect(numbers.slice(0, 5)).toBeAllClose(first5, {
        atol: (1e-3 * norm) / Math.sqrt(numbers.length),
        rtol: 1e-3,
      });
    }
    const norms = await Promise.all(Object.values(grads).map(async (g) => normOf(await g.data())));
    expect(Object.keys(grads)).toHaveLength(model.trainableWeights.length);
    expect(offBy([normOf(norms)], [train.gradientNorm])).toBeLessThan(1e-3);

    for (const statistics of train.runningStatistics) {
      const { name, mean, meanFirst5 = mean, var: all, varFirst5 = all } = statistics;
      const moved = await goldenVariable(model, `${name}.running_mean`).data();
      const movedVar = await goldenVariable(model, `${name}.running_var`).data();
      if (!meanFirst5 || !varFirst5) throw new Error(`${name}: no statistics to compare with`);
      const bounds = { atol: 1e-5, rtol: 1e-5 };
      await expect(moved.slice(0, meanFirst5.length)).toBeAllClose(meanFirst5, bounds);
      await expect(movedVar.slice(0, varFirst5.length)).toBeAllClose(varFirst5, bounds);
    }
  }, 60_000);
});
