import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { VarianceScaling, type VarianceScalingArgs } from './varianceScaling.js';

const normal: VarianceScalingArgs = { scale: 2, distribution: 'normal', seed: 1 };
const uniform: VarianceScalingArgs = { scale: 1 / 3, distribution: 'uniform', seed: 1 };

function draw(args: VarianceScalingArgs, shape: number[]): number[] {
  return Array.from(new VarianceScaling(args).apply(shape).dataSync());
}

function moment(values: number[], power: number): number {
  return values.reduce((sum, value) => sum + value ** power, 0) / values.length;
}

test('VarianceScaling gives the same numbers in every release', async () => {
  await expect(tf.tensor(draw(normal, [1, 3]))).toBeAllClose([0.59425193, 0.35335222, -0.79201597]);
  await expect(tf.tensor(draw(uniform, [1, 2]))).toBeAllClose([0.34868687, 0.60539848]);
});

test('VarianceScaling draws normal numbers of variance scale over the inputs of a unit', () => {
  const std = Math.sqrt(2 / (3 * 3 * 64));
  const values = draw(normal, [3, 3, 64, 128]).map((value) => value / std);
  // 73 728 draws: five standard deviations of each moment of the standard normal distribution.
  const deviation = 5 / Math.sqrt(values.length);
  expect(Math.abs(moment(values, 1))).toBeLessThan(deviation);
  expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(deviation * Math.sqrt(2));
  expect(Math.abs(moment(values, 3))).toBeLessThan(deviation * Math.sqrt(15));
  expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(deviation * Math.sqrt(96));
  const tails = values.filter((value) => Math.abs(value) > 3).length / values.length;
  expect(tails).toBeGreaterThan(0.0022); // 0.27 %; a truncated normal has none beyond 2
  const [a, b] = [0, 1].map((odd) => values.filter((_, i) => i % 2 === odd)) as [
    number[],
    number[],
  ];
  const together = a.reduce((sum, value, i) => sum + value * (b[i] as number), 0) / a.length;
  expect(Math.abs(together)).toBeLessThan(deviation * Math.sqrt(2));
});

test('VarianceScaling draws uniform numbers, from all of the interval', () => {
  const values = draw(uniform, [1024, 64]).map((value) => value * 32);
  expect(Math.max(...values)).toBeLessThanOrEqual(1);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
  const deviation = 5 / Math.sqrt(values.length);
  expect(Math.abs(moment(values, 1))).toBeLessThan(deviation / Math.sqrt(3));
  expect(Math.abs(moment(values, 2) - 1 / 3)).toBeLessThan(deviation * Math.sqrt(4 / 45));
});

test('VarianceScaling counts outputs instead when asked', () => {
  const into = draw({ ...normal, fan: 'in' }, [3, 3, 4, 16]);
  const out = draw({ ...normal, fan: 'out' }, [3, 3, 4, 16]);
  expect(out.map((value, i) => value / (into[i] as number))).toEqual(
    into.map(() => expect.closeTo(0.5, 5)),
  );
});

test('VarianceScaling gives other weights for another seed', () => {
  const one = draw(normal, [10, 10]);
  const two = draw({ ...normal, seed: 2 }, [10, 10]);
  expect(one.filter((value, i) => value === two[i])).toEqual([]);
});

test('VarianceScaling survives in the configuration of a layer', () => {
  const layer = layers.dense({ units: 4, kernelInitializer: new VarianceScaling(uniform) });
  const copy = layers.dense({ units: 4 }).constructor as tf.serialization.SerializableConstructor<
    typeof layer
  >;
  const again = copy.fromConfig(copy, layer.getConfig()) as typeof layer;
  const kernels = [layer, again].map((dense) => {
    dense.apply(tf.ones([1, 8]));
    return Array.from((dense.getWeights()[0] as tf.Tensor).dataSync());
  });
  expect(kernels[0]).toEqual(kernels[1]);
  expect(kernels[0]).toEqual(draw(uniform, [8, 4]));
  layer.dispose();
  again.dispose();
});
