import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of tfjs-core's ops
import * as fc from 'fast-check';
import { noise, referenceMix } from '../fixtures/soundReference.js';
import { bcSound } from './bcSound.js';
import { soundLevel } from './soundLevel.js';

// Shaders are compiled for each shape, which a GPU in software does slowly.
jest.setTimeout(60_000);

/** At 1 kHz a frame has 128 samples. */
const options = { sampleRate: 1000 };
const first = noise(3, 200, 1);
/** As the first ones, ten times weaker and of another seed. */
const second = noise(3, 200, 2).map((sound, i) => sound.map((v) => (i === 1 ? v / 16 : v)));
const shares = [0.25, 0.5, 0.875];
const settings = { numRuns: 5 };
const share = fc.integer({ min: 1, max: 15 }).map((n) => n / 16);
const seed = fc.integer({ min: 1, max: 1e6 });
/** Powers of two from a thousandth to a thousand, exact in float32. */
const loudness = fc.integer({ min: -10, max: 10 }).map((n) => 2 ** n);

describe('bcSound', () => {
  test('mixes each pair of a batch by the formula', async () => {
    const expected = first.flatMap((x1, i) =>
      referenceMix(x1, second[i] as number[], shares[i] as number, 1000),
    );
    const [x1, x2] = [tf.tensor2d(first), tf.tensor2d(second)];
    await expect(bcSound(x1, x2, shares, options)).toBeAllClose(expected, { atol: 1e-5 });
    await expect(bcSound(x1, x2, tf.tensor1d(shares), options)).toBeAllClose(expected, {
      atol: 1e-5,
    });
  });

  test('mixes by plain power when asked to', async () => {
    // Mean squares of the only frame, 1 and 1/16, so that p = r / (r + (1 − r) 4).
    const x1 = Array.from({ length: 128 }, (_, i) => (i % 2 ? 1 : -1));
    const x2 = Array.from({ length: 128 }, (_, i) => (i % 4 < 2 ? 0.25 : -0.25));
    const p = 0.2;
    await expect(
      bcSound(tf.tensor2d([x1]), tf.tensor2d([x2]), 0.5, { ...options, gain: 'RMSE' }),
    ).toBeAllClose(x1.map((v, i) => (p * v + (1 - p) * (x2[i] as number)) / Math.hypot(p, 1 - p)));
  });

  test('gives the sounds themselves at the ends of the ratio', async () => {
    const exact = { rtol: 0, atol: 0 };
    const [x1, x2] = [tf.tensor2d(first), tf.tensor2d(second)];
    await expect(bcSound(x1, x2, 1, options)).toBeAllClose(x1, exact);
    await expect(bcSound(x1, x2, 0, options)).toBeAllClose(x2, exact);
    const silence = tf.zeros<tf.Rank.R2>([3, 200]);
    await expect(bcSound(x1, silence, 1, options)).toBeAllClose(x1, exact);
    await expect(bcSound(silence, x2, 1, options)).toBeAllClose(silence, exact);
  });

  test('gives silence nearly all of p beside a sound, and mixes silence into silence', async () => {
    const x = tf.tensor2d(first);
    const silence = tf.zeros<tf.Rank.R2>([3, 200]);
    const left = bcSound(silence, x, 0.5, options);
    const level = Array.from(await soundLevel(left, options).data());
    // What is left of the sound is as loud as silence is said to be.
    for (const dB of level) expect(dB).toBeLessThan(-79);
    await expect(left).toBeAllClose(
      first.flatMap((sound) =>
        referenceMix(
          sound.map(() => 0),
          sound,
          0.5,
          1000,
        ),
      ),
      { rtol: 1e-4, atol: 1e-10 },
    );
    await expect(bcSound(silence, silence, 0.3, options)).toBeAllClose(silence);
  });

  test('is the same mix when the sounds and the share are swapped', async () => {
    await fc.assert(
      fc.asyncProperty(seed, share, loudness, async (from, r, scale) => {
        const [a, b] = noise(2, 200, from) as [number[], number[]];
        const [x1, x2] = [tf.tensor2d([a]), tf.mul<tf.Tensor2D>(tf.tensor2d([b]), scale)];
        await expect(bcSound(x1, x2, r, options)).toBeAllClose(bcSound(x2, x1, 1 - r, options));
      }),
      settings,
    );
  });

  test('lets both be heard as r to 1 − r, however loud they were', async () => {
    // One after the other, so that each can be told from the other in the mix.
    const early = tf.tensor2d([Array.from({ length: 400 }, (_, i) => (i < 200 ? 1 : 0))]);
    const late = tf.sub<tf.Tensor2D>(1, early);
    await fc.assert(
      fc.asyncProperty(seed, share, loudness, loudness, async (from, r, scale1, scale2) => {
        const [a, b] = noise(2, 400, from) as [number[], number[]];
        const x1 = tf.mul<tf.Tensor2D>(tf.mul(tf.tensor2d([a]), early), scale1);
        const x2 = tf.mul<tf.Tensor2D>(tf.mul(tf.tensor2d([b]), late), scale2);
        const mixed = bcSound(x1, x2, r, options);
        const heard1 = soundLevel(tf.mul(mixed, early), options);
        const heard2 = soundLevel(tf.mul(mixed, late), options);
        await expect(tf.sub(heard1, heard2)).toBeAllClose([20 * Math.log10(r / (1 - r))], {
          rtol: 0,
          atol: 1e-4,
        });
      }),
      settings,
    );
  });

  test('is twice as loud when both sounds are', async () => {
    await fc.assert(
      fc.asyncProperty(seed, share, loudness, async (from, r, scale) => {
        const [a, b] = noise(2, 200, from) as [number[], number[]];
        const [x1, x2] = [tf.tensor2d([a]), tf.tensor2d([b])];
        const louder = bcSound(tf.mul(x1, scale), tf.mul(x2, scale), r, options);
        await expect(tf.div(louder, scale)).toBeAllClose(bcSound(x1, x2, r, options));
      }),
      settings,
    );
  });

  test('is as loud as its sounds are when these are unrelated and equally loud', async () => {
    const [x1, x2] = [tf.tensor2d(noise(3, 2000, 5)), tf.tensor2d(noise(3, 2000, 6))];
    const mean = { ...options, gain: 'RMSE' } as const;
    for (const r of [0.1, 0.5, 0.8]) {
      const level = soundLevel(bcSound(x1, x2, r, options), mean);
      const away = await tf.sub(level, soundLevel(x1, mean)).data();
      // Without the root a half of each would be 3 dB weaker.
      for (const dB of away) expect(Math.abs(dB)).toBeLessThan(1.5);
    }
  });

  test('mixes each pair by itself, the batch of one and NaN beside it included', async () => {
    const parts = first.map((x1, i) =>
      bcSound(
        tf.tensor2d([x1]),
        tf.tensor2d([second[i] as number[]]),
        shares[i] as number,
        options,
      ),
    );
    const [x1, x2] = [tf.tensor2d(first), tf.tensor2d(second)];
    await expect(bcSound(x1, x2, shares, options)).toBeAllClose(tf.concat(parts), { rtol: 1e-6 });

    const broken = first.map((sound, i) =>
      sound.map((v, t) => (i === 1 && t === 7 ? Number.NaN : v)),
    );
    const mixed = await bcSound(tf.tensor2d(broken), x2, shares, options).data();
    expect(mixed[200 + 7]).toBeNaN();
    for (const i of [0, 2]) {
      await expect(mixed.slice(200 * i, 200 * (i + 1))).toBeAllClose(parts[i] as tf.Tensor);
    }
  });

  test('hands the share of each sound to its gradient, levels held constant', async () => {
    const [x1, x2] = [tf.tensor2d(first), tf.tensor2d(second)];
    const grads = tf.grads((a, b, r) =>
      tf.sum<tf.Scalar>(bcSound(a as tf.Tensor2D, b as tf.Tensor2D, r as tf.Tensor1D, options)),
    );
    const [d1, d2, dr] = grads([x1, x2, tf.tensor1d(shares)]) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const whole = tf.add(tf.mul(d1, x1), tf.mul(d2, x2));
    await expect(whole).toBeAllClose(bcSound(x1, x2, shares, options));
    const step = 1 / 256;
    const moved = (by: number) =>
      tf.sum(
        bcSound(
          x1,
          x2,
          shares.map((r) => r + by),
          options,
        ),
        1,
      );
    await expect(dr).toBeAllClose(tf.div(tf.sub(moved(step), moved(-step)), 2 * step), {
      rtol: 1e-2,
      atol: 1e-2,
    });
  });

  test('keeps the gradient finite beside silence', async () => {
    const silence = tf.zeros<tf.Rank.R2>([3, 200]);
    const grads = tf.grads((a, b, r) =>
      tf.sum<tf.Scalar>(bcSound(a as tf.Tensor2D, b as tf.Tensor2D, r as tf.Tensor1D, options)),
    );
    for (const other of [tf.tensor2d(first), silence]) {
      for (const gradient of grads([silence, other, tf.tensor1d([0, 0.5, 1])])) {
        expect((await gradient.data()).every(Number.isFinite)).toBe(true);
      }
    }
  });

  test('returns one new tensor and keeps its inputs', async () => {
    const [x1, x2, r] = [tf.tensor2d(first), tf.tensor2d(second), tf.tensor1d(shares)];
    const before = tf.memory().numTensors;
    bcSound(x1, x2, r, options);
    bcSound(x1, x2, 0.5, { ...options, gain: 'RMSE' });
    expect(tf.memory().numTensors).toBe(before + 2);
    await expect(x1).toBeAllClose(first.flat());
    await expect(x2).toBeAllClose(second.flat());
    await expect(r).toBeAllClose(shares);
  });

  test('says what does not fit, and leaves no tensor behind', () => {
    const x = tf.zeros<tf.Rank.R2>([2, 200]);
    const longer = tf.zeros<tf.Rank.R2>([2, 300]);
    const more = tf.zeros<tf.Rank.R2>([3, 200]);
    const short = tf.zeros<tf.Rank.R2>([2, 100]);
    const ints = tf.zeros<tf.Rank.R2>([2, 200], 'int32');
    const images = tf.zeros([2, 200, 1]) as unknown as tf.Tensor2D;
    const before = tf.memory().numTensors;
    expect(() => bcSound(x, longer, 0.5, options)).toThrow(
      new RangeError(
        'bcSound: x1 and x2 must be equally long, got 200 and 300 samples; cut both to one length with randomCrop',
      ),
    );
    expect(() => bcSound(x, more, 0.5, options)).toThrow(
      new RangeError('bcSound: x1 and x2 must have one shape, got x1 [2, 200] and x2 [3, 200]'),
    );
    expect(() => bcSound(short, short, 0.5, options)).toThrow(
      new RangeError(
        'bcSound: a sound must fill a frame, 128 samples at 1000 Hz, got 100; pad it with zeros, as padSound does',
      ),
    );
    expect(() => bcSound(images, images, 0.5, options)).toThrow(
      new RangeError(
        'bcSound: sounds must be a batch, [B, T], got [2, 200, 1]; one sound becomes one with tf.expandDims(x, 0)',
      ),
    );
    expect(() => bcSound(x, ints, 0.5, options)).toThrow(
      new TypeError(
        'bcSound: sounds must be float32 in -1..1, got int32; divide 16-bit samples by 32768',
      ),
    );
    expect(() => bcSound(x, x, [0.5], options)).toThrow(
      new RangeError('bcSound: ratio must be one number or 2, one for each example, got 1'),
    );
    for (const wrong of [-0.1, 1.5, Number.NaN]) {
      expect(() => bcSound(x, x, wrong, options)).toThrow(
        new RangeError(`bcSound: ratio must lie in 0..1, got ${wrong}`),
      );
    }
    expect(() => bcSound(x, x, 0.5, { sampleRate: 44.1 })).toThrow(
      new RangeError(
        'bcSound: sampleRate must be in Hz, 1000 to 1000000, got 44.1; 16 kHz is 16000',
      ),
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
