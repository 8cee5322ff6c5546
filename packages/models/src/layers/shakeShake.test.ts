import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { ShakeShake, type ShakeShakeArgs } from './shakeShake.js';

const ones = (batch: number) => [tf.zeros([batch, 2]), tf.ones([batch, 2]), tf.zeros([batch, 2])];

/** The share of the first branch that each image of the next training call gets. */
function nextShares(layer: ShakeShake, batch: number): number[] {
  const y = layer.apply(ones(batch), { training: true }) as tf.Tensor2D;
  return Array.from(tf.slice(y, [0, 0], [batch, 1]).dataSync());
}

test('ShakeShake gives the same draws in every release', () => {
  // Recorded once; a change of these numbers breaks resuming and comparing runs.
  const { alpha, beta } = new ShakeShake({ seed: 7 }).draw(2);
  expect(Array.from(alpha, (a) => a.toFixed(6))).toEqual(['0.260833', '0.088778']);
  expect(Array.from(beta, (b) => b.toFixed(6))).toEqual(['0.617902', '0.088701']);
});

test('ShakeShake draws shares evenly from 0 to 1, forward and backward apart', () => {
  const { alpha, beta } = new ShakeShake({ seed: 3 }).draw(20_000);
  for (const shares of [alpha, beta]) {
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    // Five standard deviations of the mean of 20 000 uniform numbers.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 / Math.sqrt(12 * 20_000));
    expect(Math.min(...shares)).toBeLessThan(0.001);
    expect(Math.max(...shares)).toBeGreaterThan(0.999);
  }
  const together = alpha.reduce((sum, a, i) => sum + (a - 0.5) * ((beta[i] as number) - 0.5), 0);
  expect(Math.abs(together / 20_000)).toBeLessThan(5 / (12 * Math.sqrt(20_000)));
});

test.each<[ShakeShakeArgs, boolean, boolean, boolean]>([
  // Rules, whether α is ½, whether β is ½, whether all images share a draw.
  [{}, false, false, false],
  [{ forward: 'even' }, true, false, false],
  [{ backward: 'even' }, false, true, false],
  [{ forward: 'even', backward: 'even' }, true, true, true],
  [{ level: 'batch' }, false, false, true],
  [{ level: 'batch', backward: 'even' }, false, true, true],
])('ShakeShake with %j follows its rules', (rules, evenForward, evenBackward, shared) => {
  const { alpha, beta } = new ShakeShake({ seed: 5, ...rules }).draw(64);
  expect(alpha.every((a) => a === 0.5)).toBe(evenForward);
  expect(beta.every((b) => b === 0.5)).toBe(evenBackward);
  if (shared) {
    expect(new Set(alpha).size).toBe(1);
    expect(new Set(beta).size).toBe(1);
  } else {
    expect(new Set([...alpha, ...beta]).size).toBeGreaterThan(60);
  }
});

test('ShakeShake keeps the shares of the way forward on the way back when told', () => {
  for (const forward of ['shake', 'even'] as const) {
    const { alpha, beta } = new ShakeShake({ forward, backward: 'keep', seed: 2 }).draw(16);
    expect(beta).toEqual(alpha);
  }
});

test('ShakeShake splits over workers: shares depend on seed, step and number of the example alone', () => {
  const place = fc.record({
    seed: fc.maxSafeInteger(),
    step: fc.nat(),
    first: fc.nat(1e6),
    rows: fc.integer({ min: 1, max: 6 }),
    cut: fc.nat(5),
    level: fc.constantFrom('image' as const, 'batch' as const),
  });
  fc.assert(
    fc.property(place, ({ seed, step, first, rows, cut, level }) => {
      const sharesAt = (example: number, count: number) => {
        const layer = new ShakeShake({ seed, level });
        layer.seek(step, example);
        return nextShares(layer, count);
      };
      const upper = Math.min(cut, rows);
      expect([...sharesAt(first, upper), ...sharesAt(first + upper, rows - upper)]).toEqual(
        sharesAt(first, rows),
      );
    }),
    { numRuns: 30 },
  );
});

test('ShakeShake moves on one step with each training call, and none in evaluation', () => {
  const layer = new ShakeShake({ seed: 9 });
  const shares = [0, 1, 2].map(() => {
    const y = layer.apply(ones(4)) as tf.Tensor;
    expect(new Set(y.dataSync())).toEqual(new Set([0.5]));
    return nextShares(layer, 4);
  });
  expect(shares[0]).not.toEqual(shares[1]);
  layer.seek(1);
  expect(nextShares(layer, 4)).toEqual(shares[1]);
  expect(nextShares(layer, 4)).toEqual(shares[2]);
});

test('ShakeShake returns one new tensor, in training and in evaluation', () => {
  const layer = new ShakeShake();
  const inputs = ones(3);
  const before = tf.memory().numTensors;
  for (const training of [true, false]) {
    const y = layer.apply(inputs, { training }) as tf.Tensor;
    expect(tf.memory().numTensors).toBe(before + 1);
    y.dispose();
  }
});

test('ShakeShake keeps its settings in its configuration', () => {
  const args = { forward: 'even', backward: 'keep', level: 'batch', seed: 2 ** 52 + 1 } as const;
  const config = new ShakeShake({ name: 'shake', ...args }).getConfig();
  expect(config).toMatchObject({ name: 'shake', ...args });
  expect(ShakeShake.fromConfig(ShakeShake, config).getConfig()).toEqual(config);
});

test.each<[ShakeShakeArgs, string]>([
  [{ forward: 'keep' as never }, 'ShakeShake: forward must be one of shake, even, got "keep"'],
  [
    { backward: 'odd' as never },
    'ShakeShake: backward must be one of shake, even, keep, got "odd"',
  ],
  [{ level: 'pixel' as never }, 'ShakeShake: level must be one of image, batch, got "pixel"'],
  [{ seed: 0.5 }, 'ShakeShake: seed must be an integer, got 0.5'],
])('ShakeShake refuses %j', (args, message) => {
  expect(() => new ShakeShake(args)).toThrow(new RangeError(message));
});

test('ShakeShake refuses branches that do not fit the skip, and places that there are not', () => {
  expect(() => new ShakeShake().apply([tf.ones([1, 2]), tf.ones([1, 2]), tf.ones([1, 3])])).toThrow(
    new RangeError(
      'ShakeShake: inputs must be skip and two branches of one shape, got [1, 2], [1, 2], [1, 3]',
    ),
  );
  expect(() => new ShakeShake().apply(tf.ones([1, 2]))).toThrow(
    new RangeError('ShakeShake: inputs must be skip and two branches of one shape, got [1, 2]'),
  );
  expect(() => new ShakeShake().seek(-1)).toThrow(
    new RangeError('ShakeShake.seek: step must be an integer of at least 0, got -1'),
  );
});
