import * as tf from '@tensorflow/tfjs-core';
import { streamKey } from './counterHash.js';
import { normalQuantiles } from './normalQuantiles.js';
import { type RandomWeightsOptions, randomWeights } from './randomWeights.js';

const key = streamKey(3);

function draw(count: number, options: Omit<RandomWeightsOptions, 'key'>): Float32Array {
  const weights = randomWeights([count], { key, ...options });
  const values = weights.dataSync<'float32'>();
  weights.dispose();
  return values;
}

test.each(['normal', 'uniform'] as const)(
  'randomWeights gives the same %s numbers with the kernel and without, to the last bit',
  async (distribution) => {
    expect(tf.getKernel('BclRandomWeights', 'wasm')).toBeDefined();
    const withKernel = draw(100_003, { distribution, scale: 0.3 });
    await tf.setBackend('cpu');
    try {
      expect(draw(100_003, { distribution, scale: 0.3 })).toEqual(withKernel);
    } finally {
      await tf.setBackend('wasm');
    }
  },
);

test('normalQuantiles are those of the normal distribution', () => {
  // Python: [-NormalDist().inv_cdf(2**-k / 2) for k in (0, 1, 2, 8, 16, 32)]
  const expected = {
    0: 0,
    1: 0.6744897501960817,
    2: 1.1503493803760079,
    8: 2.8856349124267573,
    16: 4.324919040826044,
    32: 6.337957754553789,
  };
  for (const [octaves, quantile] of Object.entries(expected)) {
    expect(normalQuantiles[(32 - Number(octaves)) * 64]).toBeCloseTo(quantile, 6);
  }
  expect(normalQuantiles.every((x, i) => i === 0 || x < (normalQuantiles[i - 1] as number))).toBe(
    true,
  );
});

test('randomWeights returns one tensor', () => {
  const before = tf.memory().numTensors;
  const weights = randomWeights([2, 3], { key, distribution: 'normal', scale: 1 });
  expect(tf.memory().numTensors).toBe(before + 1);
  expect(weights.shape).toEqual([2, 3]);
  weights.dispose();
});
