import * as tf from '@tensorflow/tfjs-core';
import { noise, referenceLevels } from '../fixtures/soundReference.js';
import type { SoundGain } from './framePower.js';
import { soundLevel, soundLevels } from './soundLevel.js';

// Shaders are compiled for each shape, which a GPU in software does slowly.
jest.setTimeout(60_000);

/** At 1 kHz a frame has 128 samples. */
const sampleRate = 1000;
/** dB. */
const close = { rtol: 0, atol: 1e-4 };

describe('soundLevels', () => {
  test.each([
    [1000, 128],
    [2000, 256],
    [8000, 1024],
    [11025, 1024],
  ])('measures whole frames by the formula at %d Hz', async (rate, length) => {
    // Two frames and a half, so that the rest is left out.
    const sounds = noise(3, 2 * length - 1, rate);
    const levels = soundLevels(tf.tensor2d(sounds), { sampleRate: rate });
    expect(levels.shape).toEqual([3, 2]);
    await expect(levels).toBeAllClose(
      sounds.flatMap((sound) => referenceLevels(sound, rate)),
      close,
    );
  });

  test('measures the mean square when asked to', async () => {
    const [sound] = noise(1, 256) as [number[]];
    const meanSquare = (from: number) =>
      sound.slice(from, from + 128).reduce((sum, v) => sum + v * v, 0) / 128;
    await expect(soundLevels(tf.tensor2d([sound]), { sampleRate, gain: 'RMSE' })).toBeAllClose(
      [0, 64, 128].map((from) => 10 * Math.log10(meanSquare(from))),
      close,
    );
  });

  test('hears an impulse in every bin: their weights add up, each pair of bins once', async () => {
    // In the middle of the window, where it is 1, an impulse has |X|² = 1 in all bins.
    const impulse = Array.from({ length: 128 }, (_, i) => (i === 64 ? 1 : 0));
    const levels = soundLevels(tf.tensor2d([impulse]), { sampleRate });
    await expect(levels).toBeAllClose(referenceLevels(impulse, sampleRate), close);
  });
});

describe('soundLevel', () => {
  test('is the level of the loudest frame', async () => {
    const [sound] = noise(1, 640) as [number[]];
    const swelling = sound.map((v, i) => (i < 320 ? v / 8 : v / 2));
    const expected = Math.max(...referenceLevels(swelling, sampleRate));
    await expect(soundLevel(tf.tensor2d([swelling]), { sampleRate })).toBeAllClose(
      [expected],
      close,
    );
  });

  test.each<SoundGain>(['A_weighting', 'RMSE'])(
    'rises by 20 dB for ten times the amplitude, and stays at −80 dB for silence, gain %s',
    async (gain) => {
      const x = tf.tensor2d(noise(2, 320));
      const options = { sampleRate, gain };
      const level = soundLevel(x, options);
      await expect(soundLevel(tf.mul(x, 10), options)).toBeAllClose(tf.add(level, 20), close);
      await expect(soundLevel(tf.mul(x, 1e-9), options)).toBeAllClose([-80, -80], close);
      await expect(soundLevel(tf.zeros([1, 320]), options)).toBeAllClose([-80], close);
    },
  );

  test('measures each sound by itself', async () => {
    const sounds = noise(5, 300);
    const apart = tf.concat(sounds.map((s) => soundLevel(tf.tensor2d([s]), { sampleRate })));
    await expect(soundLevel(tf.tensor2d(sounds), { sampleRate })).toBeAllClose(apart, close);
  });

  test('returns one new tensor and keeps its input', async () => {
    const sounds = noise(2, 300);
    const x = tf.tensor2d(sounds);
    const before = tf.memory().numTensors;
    for (const gain of ['A_weighting', 'RMSE'] as const) {
      soundLevel(x, { sampleRate, gain });
      soundLevels(x, { sampleRate, gain });
    }
    expect(tf.memory().numTensors).toBe(before + 4);
    await expect(x).toBeAllClose(sounds.flat());
  });

  test.each([
    ['soundLevel', soundLevel],
    ['soundLevels', soundLevels],
  ] as const)('says what %s cannot measure', (name, level) => {
    const x = tf.zeros<tf.Rank.R2>([2, 300]);
    const before = tf.memory().numTensors;
    expect(() => level(tf.zeros<tf.Rank.R2>([2, 100]), { sampleRate: 16000 })).toThrow(
      new RangeError(
        `${name}: a sound must fill a frame, 2048 samples at 16000 Hz, got 100; pad it with zeros, as padSound does`,
      ),
    );
    expect(() => level(tf.zeros([300]) as unknown as tf.Tensor2D, { sampleRate })).toThrow(
      new RangeError(
        `${name}: sounds must be a batch, [B, T], got [300]; one sound becomes one with tf.expandDims(x, 0)`,
      ),
    );
    expect(() => level(tf.zeros<tf.Rank.R2>([0, 300]), { sampleRate })).toThrow(
      'sounds must be a batch, [B, T], got [0, 300]',
    );
    expect(() => level(tf.zeros<tf.Rank.R2>([2, 300], 'int32'), { sampleRate })).toThrow(
      new TypeError(
        `${name}: sounds must be float32 in -1..1, got int32; divide 16-bit samples by 32768`,
      ),
    );
    expect(() => level(x, { sampleRate, gain: 'B' as 'RMSE' })).toThrow(
      new RangeError(`${name}: gain must be 'A_weighting' or 'RMSE', got 'B'`),
    );
    for (const wrong of [16, 0, -16000, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => level(x, { sampleRate: wrong })).toThrow(
        new RangeError(
          `${name}: sampleRate must be in Hz, 1000 to 1000000, got ${wrong}; 16 kHz is 16000`,
        ),
      );
    }
    expect(tf.memory().numTensors).toBe(before + 4); // the arguments above
  });
});
