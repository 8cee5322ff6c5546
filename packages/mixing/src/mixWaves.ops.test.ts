import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's ops
import { mixWaves } from './mixWaves.js';

const rules = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => ({
  zeroMean: (bits & 1) > 0,
  keepEnergy: (bits & 2) > 0,
  balance: (bits & 4) > 0,
}));
/** Lengths around the steps in which kernels go: one value, less than four, sixteen, blocks and what is left over. */
const sizes = [1, 3, 8, 17, 255, 257, 3072];
const kernel = () => tf.getKernel('BclBetweenClass', tf.getBackend());
const names = ['wasm', 'webgpu'];

/** Five examples, the last one flat, far from zero and of several strengths. */
function examples(size: number, seed: number): tf.Tensor2D {
  const noise = tf.randomNormal([5, size], 0, 1, 'float32', seed);
  const strength = tf.tensor2d([[1], [50], [0.02], [3], [0]]);
  return tf.add(tf.mul(noise, strength), [[0], [-120], [7], [1000], [0.1]]);
}
const shares = [0.3, 0.5, 0.875, 0, 0.75];

/** The mix as tfjs's ops give it: while a gradient is taken no kernel of ours is used. */
function composed(x1: tf.Tensor, mix: (x1: tf.Tensor) => tf.Tensor): tf.Tensor {
  let mixed: tf.Tensor | undefined;
  tf.grad((x) => {
    mixed = tf.keep(mix(x));
    return tf.sum(mixed);
  })(x1);
  return mixed as tf.Tensor;
}

describe.each(rules)('mixWaves %j', (options) => {
  test.each(sizes)('gives the same with one kernel as with ops, examples of %i', async (size) => {
    const [x1, x2] = [examples(size, 1), examples(size, 2)];
    const mix = (x: tf.Tensor) => mixWaves(x, x2 as tf.Tensor, shares, options);
    // Relative to the size of what is mixed: values near 1000 hold 4 digits behind the point.
    await expect(mix(x1)).toBeAllClose(composed(x1, mix), { rtol: 1e-5, atol: 2e-4 });
  });

  test('reads partners where they lie', async () => {
    const x = examples(33, 3);
    const partner = tf.tensor1d([2, 0, 4, 4, 1], 'int32');
    const apart = mixWaves(x, tf.gather(x, partner), shares, options);
    await expect(mixWaves(x, x, shares, options, partner)).toBeAllClose(apart, { rtol: 1e-6 });
    const others = examples(33, 4);
    await expect(mixWaves(x, others, shares, options, partner)).toBeAllClose(
      mixWaves(x, tf.gather(others, partner), shares, options),
      { rtol: 1e-6 },
    );
  });
});

test('mixes plain shares unless told, and takes no mean that nothing asks for', async () => {
  const [x1, x2] = [examples(17, 1), examples(17, 2)];
  const r = tf.reshape(shares, [5, 1]);
  const expected = tf.add(tf.mul(r, x1), tf.mul(tf.sub(1, r), x2));
  const mix = (x: tf.Tensor) => mixWaves(x, x2 as tf.Tensor, shares, {});
  await expect(mix(x1)).toBeAllClose(expected);
  await expect(composed(x1, mix)).toBeAllClose(expected);
  const run = await tf.profile(() => composed(x1, mix));
  expect(run.kernelNames).not.toContain('Mean');
});

describe('the kernel', () => {
  test('is there where the backend can have one, and is what mixes', async () => {
    const { env } = process;
    const on = env.BCL_KERNELS !== 'off';
    expect(Boolean(kernel())).toBe(on && names.includes(tf.getBackend()));
    const x = examples(8, 5);
    const run = await tf.profile(() => mixWaves(x, x, shares, { balance: true }));
    expect(run.kernelNames.includes('BclBetweenClass')).toBe(Boolean(kernel()));
  });

  test('leaves what has a gradient to ops that have one', () => {
    const x = examples(8, 5);
    const [gradient] = tf.grads((a) => tf.sum(mixWaves(a as tf.Tensor, x as tf.Tensor, 0.25, {})))([
      x,
    ]);
    expect((gradient as tf.Tensor).shape).toEqual([5, 8]);
  });

  test('mixes batches of nothing', () => {
    expect(mixWaves(tf.zeros([0, 4]), tf.zeros([0, 4]), 0.5, { balance: true }).shape).toEqual([
      0, 4,
    ]);
  });
});
