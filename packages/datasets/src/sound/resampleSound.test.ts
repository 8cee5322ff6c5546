import { createRandom } from '@bcl/random';
import fc from 'fast-check';
import { resampleSound } from './resampleSound.js';

const sine = (length: number, rate: number, hertz: number, amplitude = 0.5, phase = 0) =>
  Float32Array.from(
    { length },
    (_, i) => amplitude * Math.sin(phase + (2 * Math.PI * hertz * i) / rate),
  );

/** Power of `error` in dB of `signal`'s, away from both ends, where a sound begins and ends at once. */
function errorIndB(actual: Float32Array, expected: Float32Array, edge: number): number {
  let error = 0;
  let signal = 0;
  for (let i = edge; i < expected.length - edge; i++) {
    error += ((actual[i] as number) - (expected[i] as number)) ** 2;
    signal += (expected[i] as number) ** 2;
  }
  return 10 * Math.log10(error / signal);
}

const RATES = [11025, 16000, 44100, 48000];

describe('resampleSound', () => {
  test('keeps the frequency, the amplitude and the phase of a sine', () =>
    fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...RATES),
        fc.constantFrom(...RATES),
        fc.double({ min: 0.02, max: 0.45, noNaN: true }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 6, noNaN: true }),
        async (from, to, share, amplitude, phase) => {
          // A share of the lower rate; half of it could not be told from another frequency.
          const hertz = share * Math.min(from, to);
          const length = Math.round(0.1 * from);
          const resampled = await resampleSound(
            sine(length, from, hertz, amplitude, phase),
            from,
            to,
          );
          expect(resampled.length).toBe(Math.ceil((length * to) / from));
          const expected = sine(resampled.length, to, hertz, amplitude, phase);
          const edge = Math.ceil(200 * Math.max(1, to / from));
          expect(errorIndB(resampled, expected, edge)).toBeLessThan(-110);
        },
      ),
      { numRuns: 15 },
    ));

  test('removes what the lower rate cannot carry', async () => {
    const high = await resampleSound(sine(44100, 44100, 9000), 44100, 16000);
    const loudest = high.subarray(200, -200).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    expect(loudest).toBeLessThan(1e-6);
  });

  test('goes through a long sound without a seam', async () => {
    // Three pieces, the last a short one.
    const length = 600_000;
    const resampled = await resampleSound(sine(length, 44100, 1234), 44100, 16000);
    expect(resampled.length).toBe(Math.ceil((length * 16000) / 44100));
    const expected = sine(resampled.length, 16000, 1234);
    const worst = resampled
      .subarray(200, -200)
      .reduce((most, x, i) => Math.max(most, Math.abs(x - (expected[i + 200] as number))), 0);
    expect(worst).toBeLessThan(1e-6);
  });

  test('gives a copy when there is nothing to do, and keeps what it is given', async () => {
    const random = createRandom(1);
    const samples = Float32Array.from({ length: 100 }, () => 2 * random() - 1);
    const before = samples.slice();
    const same = await resampleSound(samples, 16000, 16000);
    expect(same).toEqual(samples);
    expect(same.buffer).not.toBe(samples.buffer);
    await resampleSound(samples, 16000, 8000);
    expect(samples).toEqual(before);
    expect((await resampleSound(new Float32Array(0), 44100, 16000)).length).toBe(0);
    expect((await resampleSound(Float32Array.of(0.5), 44100, 16000)).length).toBe(1);
  });

  test.each([
    [0, 16000, 'from must be a whole number of Hz from 1 to 192000, got 0'],
    [16000, 44100.5, 'to must be a whole number of Hz from 1 to 192000, got 44100.5'],
    [100, 48000, 'one rate must be at most 256 times the other, got 100 and 48000 Hz'],
  ])('refuses %d to %d Hz', async (from, to, message) => {
    await expect(resampleSound(new Float32Array(10), from, to)).rejects.toThrow(
      new RangeError(`resampleSound: ${message}`),
    );
  });
});
