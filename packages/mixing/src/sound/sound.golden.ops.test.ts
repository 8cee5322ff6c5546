import * as tf from '@tensorflow/tfjs-core';
import { goldenSound, soundOf } from '../fixtures/goldenSound.js';
import { mixLabels } from '../mixLabels.js';
import { aWeighting } from './aWeighting.js';
import { bcSound } from './bcSound.js';
import { multiCrop, multiCropStarts } from './multiCrop.js';
import { padSound } from './padSound.js';
import { applyRandomGain } from './randomGain.js';
import { applyRandomScale } from './randomScale.js';
import { soundLevel, soundLevels } from './soundLevel.js';

// Shaders are compiled for each shape, which a GPU in software does slowly.
jest.setTimeout(60_000);

/** Relative to max(1, |expected|), as the numbers' authors suggest for float32. */
const close = { rtol: 1e-5, atol: 1e-5 };
/** dB. */
const closeLevel = { rtol: 0, atol: 1e-4 };
/** For sums over a sound. */
const closeSum = { rtol: 1e-4, atol: 1e-4 };

test.each(goldenSound.aWeighting)('A-weighting at $fs Hz', async ({ fs, nFft, db }) => {
  const weights = aWeighting(fs);
  expect(weights.length).toBe(nFft / 2 + 1);
  await expect(weights).toBeAllClose(db, closeLevel);
});

describe('levels', () => {
  test.each(goldenSound.signals)('$id', async (signal) => {
    const x = soundOf(signal);
    for (const gain of ['A_weighting', 'RMSE'] as const) {
      const { framesDb, maxDb } = signal.gain[gain];
      const options = { sampleRate: signal.fs, gain };
      const levels = soundLevels(x, options);
      expect(levels.shape).toEqual([1, framesDb.length]);
      await expect(levels).toBeAllClose(framesDb, closeLevel);
      await expect(soundLevel(x, options)).toBeAllClose([maxDb], closeLevel);
    }
  });
});

describe('mixes', () => {
  const signal = (id: string) => {
    const found = goldenSound.signals.find((each) => each.id === id);
    if (!found) throw new Error(`sound.json: no signal ${id}`);
    return found;
  };

  test.each(goldenSound.mixes)('$a with $b, r $r', async ({ a, b, fs, length, r, ...mix }) => {
    const [x1, x2] = [soundOf(signal(a), length), soundOf(signal(b), length)];
    const mixed = bcSound(x1, x2, r, { sampleRate: fs });
    expect(mixed.shape).toEqual([1, length]);
    if ('samples' in mix.mixed) {
      await expect(mixed).toBeAllClose(mix.mixed.samples, close);
    } else {
      const { sum, sumSquares, first16, last16, every97th } = mix.mixed;
      const values = Array.from(await mixed.data());
      await expect(values.slice(0, 16)).toBeAllClose(first16, close);
      await expect(values.slice(-16)).toBeAllClose(last16, close);
      await expect(values.filter((_, i) => i % 97 === 0)).toBeAllClose(every97th, close);
      await expect([
        values.reduce((total, v) => total + v, 0),
        values.reduce((total, v) => total + v * v, 0),
      ]).toBeAllClose([sum, sumSquares], closeSum);
    }
    const row = (k: number) => tf.oneHot([k], mix.nClasses);
    await expect(mixLabels(row(mix.class1), row(mix.class2), r)).toBeAllClose(mix.label, close);
  });
});

describe('helpers', () => {
  test.each(goldenSound.helpers.map((helper, i) => ({ name: `${helper.kind} ${i}`, helper })))(
    '$name',
    async ({ helper }) => {
      switch (helper.kind) {
        case 'randomScale': {
          const scaled = applyRandomScale(helper.input, helper);
          expect(scaled.length).toBe(helper.outputLength);
          await expect(scaled).toBeAllClose(helper.output, close);
          break;
        }
        case 'gain': {
          const louder = applyRandomGain(tf.tensor2d([helper.input]), {
            db: Float32Array.of(helper.db),
          });
          await expect(louder).toBeAllClose(helper.output, close);
          break;
        }
        case 'multiCrop': {
          const { length, inputLength, padEachSide, nCrops, startsInPadded } = helper;
          const sound = Float32Array.from({ length }, (_, i) => i + 1);
          const padded = padSound(sound, padEachSide);
          const options = { length: inputLength, crops: nCrops };
          expect(Array.from(multiCropStarts(padded.length, options))).toEqual(startsInPadded);
          const crops = multiCrop(padded, options);
          expect(crops.shape).toEqual([nCrops, inputLength]);
          const firsts = startsInPadded.map((start) => padded[start] as number);
          await expect(tf.slice(crops, [0, 0], [nCrops, 1])).toBeAllClose(firsts);
          break;
        }
        default:
          throw new Error(`sound.json: no test for ${(helper as { kind: string }).kind}`);
      }
    },
  );
});
