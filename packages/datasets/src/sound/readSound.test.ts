import { createRandom } from '@bcl/random';
import { withFolder } from '../fixtures/cifar.js';
import { writeAt } from '../fixtures/images.js';
import { noise, riff, wav } from '../fixtures/wav.js';
import { readSound } from './readSound.js';
import { toWave } from './toWave.js';
import { trimZeros } from './trimZeros.js';

describe('readSound', () => {
  test('gives 16-bit samples exactly, and at another rate on request', () =>
    withFolder(async (folder) => {
      const samples = noise(createRandom(1), 1000);
      const path = await writeAt(`${folder}/a.wav`, wav(samples));
      expect(await readSound(path)).toEqual({ samples, sampleRate: 16000 });
      expect(await readSound(path, { sampleRate: 16000 })).toEqual({ samples, sampleRate: 16000 });
      const slower = await readSound(path, { sampleRate: 8000 });
      expect(slower.samples.length).toBe(500);
      expect(slower.sampleRate).toBe(8000);
    }));

  test('rounds and clips what 16 bits do not hold', () =>
    withFolder(async (folder) => {
      const format = Buffer.from([3, 0, 1, 0, 0x40, 0x1f, 0, 0, 0, 0, 0, 0, 4, 0, 32, 0]);
      const data = Buffer.from(Float32Array.of(1.5, -2, 1, 0.25, 1.6 / 32768, -0.4 / 32768).buffer);
      const file = riff([
        ['fmt ', format],
        ['data', data],
      ]);
      const { samples } = await readSound(await writeAt(`${folder}/a.wav`, file));
      expect(Array.from(samples, (x) => x + 0)).toEqual([32767, -32768, 32767, 8192, 2, 0]);
    }));

  test('names a file that is missing or no sound', () =>
    withFolder(async (folder) => {
      await expect(readSound(`${folder}/none.wav`)).rejects.toThrow(
        `readSound: cannot read ${folder}/none.wav: ENOENT`,
      );
      const path = await writeAt(`${folder}/a.wav`, 'text');
      await expect(readSound(path)).rejects.toThrow(
        `readSound: cannot read ${path}: it must be a WAV, FLAC or Ogg Vorbis file by its first bytes`,
      );
      await expect(readSound('')).rejects.toThrow("readSound: path must be that of a file, got ''");
    }));
});

describe('trimZeros', () => {
  test.each([
    [
      [0, 0, 1, 0, -2, 0],
      [1, 0, -2],
    ],
    [[3], [3]],
    [[5, 0], [5]],
    [[0, 5], [5]],
    [
      [0, 0],
      [0, 0],
    ],
    [[], []],
  ])('makes %j to %j', (sound, expected) => {
    const samples = Int16Array.from(sound);
    expect([...trimZeros(samples)]).toEqual(expected);
    expect([...samples]).toEqual(sound);
  });
});

test('toWave divides by 32768', () => {
  expect(toWave(Int16Array.of(-32768, -1, 0, 16384, 32767))).toEqual(
    Float32Array.of(-1, -1 / 32768, 0, 0.5, 32767 / 32768),
  );
});
