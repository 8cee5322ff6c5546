import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { BatchNorm } from '../layers/batchNorm.js';
import type { ShakeShake } from '../layers/shakeShake.js';
import { toTorchLayout } from '../weights/torchLayout.js';
import {
  channelsFirst,
  exampleShape,
  fillByRule,
  type GoldenNetwork,
  goldenFile,
  goldenInput,
  goldenVariable,
  normOf,
  offBy,
  parameterCount,
  sumsOf,
  tapLayers,
} from './golden.js';
import { GoldenRule } from './goldenRule.js';

type Build = (options: { classes: number; inputShape: never }) => LayersModel;

export interface GoldenSuiteOptions {
  /** What training is compared with: `build` without dropout. */
  buildForTraining?: Build;
  /** The layer that gives what a module of PyTorch's does, where it has another name. */
  layerOf?: (module: string) => string;
  /** How many of the images of the file are evaluated; all unless told. */
  images?: number;
}

/**
 * Compares a network with PyTorch's in float64: in evaluation and, where the file has it, in training. The bounds are those that come
 * with the numbers, for float32.
 */
export function goldenSuite(file: string, build: Build, options: GoldenSuiteOptions = {}): void {
  const golden = goldenFile<GoldenNetwork>(`models/${file}.json`);
  const { buildForTraining = build, layerOf = (module) => module } = options;
  const images = options.images ?? (golden.inputShape[0] as number);
  const rule = new GoldenRule(golden.salt);
  const modelArgs = {
    classes: golden.classes,
    inputShape: exampleShape(golden.inputShape) as never,
  };

  describe(`${file} in evaluation`, () => {
    let model: LayersModel;
    beforeAll(() => {
      model = build(modelArgs);
    });
    afterAll(() => model.dispose());

    test('has the parameters of the original', () => {
      expect(parameterCount(model)).toBe(golden.parameterCount);
      const sums = fillByRule(model, golden);
      expect(sums.sum / golden.checksum.sum).toBeCloseTo(1, 5);
      expect(sums.sumAbs / golden.checksum.sumAbs).toBeCloseTo(1, 5);
    });

    test('gives its logits and what leads to them', async () => {
      const values = rule.input('input', golden.inputShape);
      expect(sumsOf(values).sum).toBeCloseTo(golden.inputChecksum.sum, 3);
      expect(sumsOf(values).sumAbs).toBeCloseTo(golden.inputChecksum.sumAbs, 2);
      const all = goldenInput(values, golden.inputShape);
      const x = tf.slice(all, 0, images);
      const logits = model.predict(x) as tf.Tensor;
      const expected = golden.eval.logits.slice(0, images);
      expect(offBy(await logits.data(), expected.flat())).toBeLessThan(1e-4);

      // The taps are of all images together.
      const taps = images === golden.inputShape[0] ? golden.eval.taps : [];
      const layers = taps.map(({ module }) => {
        const layer = layerOf(module);
        return {
          layer,
          beforeRelu: layer === module && model.getLayer(layer) instanceof BatchNorm,
        };
      });
      const outputs = taps.length > 0 ? tapLayers(model, layers, x) : [];
      for (const [i, tap] of taps.entries()) {
        const output = channelsFirst(outputs[i] as tf.Tensor);
        const numbers = await output.data();
        const digest = [
          sumsOf(numbers).sum / numbers.length,
          normOf(numbers),
          ...numbers.slice(0, 3),
        ];
        const off = offBy(digest, [tap.mean, tap.norm, ...tap.first3]);
        expect({ module: tap.module, size: numbers.length, close: off < 1e-4 }).toEqual({
          module: tap.module,
          size: tf.util.sizeFromShape(tap.shape),
          close: true,
        });
      }
    }, 120_000);
  });

  const { train } = golden;
  if (!train) return;
  describe(`${file} in training`, () => {
    let model: LayersModel;
    beforeAll(() => {
      // The gradient jumps where a rounding error carries a value over the edge of its ReLU, and the
      // reference keeps clear of no more than float32's own errors: direct products, then.
      tf.env().set('BCL_WASM_WINOGRAD', false);
      model = buildForTraining(modelArgs);
      fillByRule(model, golden);
      for (const [block, { alpha, beta }] of Object.entries(train.shake ?? {})) {
        const layer = model.getLayer(`${block}.shake`) as ShakeShake;
        const draw = { alpha: Float32Array.from(alpha), beta: Float32Array.from(beta) };
        jest.spyOn(layer, 'draw').mockReturnValue(draw);
      }
    });
    afterAll(() => {
      tf.env().set('BCL_WASM_WINOGRAD', true);
      model.dispose();
    });

    test('gives the logits, loss, gradients and running statistics of the original', async () => {
      const x = goldenInput(rule.input(train.inputName, train.inputShape), train.inputShape);
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

      const gradientOf = async (name: string) =>
        toTorchLayout(grads[goldenVariable(model, name).name] as tf.Tensor).data();
      expect(train.gradients.length).toBeGreaterThan(0);
      for (const { name, norm, first5 } of train.gradients) {
        const numbers = await gradientOf(name);
        expect(offBy([normOf(numbers)], [norm])).toBeLessThan(1e-3);
        await expect(numbers.slice(0, 5)).toBeAllClose(first5, {
          atol: (1e-3 * norm) / Math.sqrt(numbers.length),
          rtol: 1e-3,
        });
      }
      const norms = await Promise.all(
        Object.values(grads).map(async (gradient) => normOf(await gradient.data())),
      );
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
    }, 120_000);
  });
}
