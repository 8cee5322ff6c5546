import * as fc from 'fast-check';
import { compareFloats } from '../fixtures/nextFloat.js';
import { noise } from '../fixtures/noise.js';
import { BYTES, valueTables } from './valueTables.js';

const CHANNELS = 2;
const two = { minLength: CHANNELS, maxLength: CHANNELS };
const dataset = noise(6, [3, 5, CHANNELS]);
const constants = fc.record({
  mean: fc.array(fc.double({ min: -300, max: 300, noNaN: true }), two),
  std: fc.array(fc.double({ min: 1e-4, max: 1e4, noNaN: true }), two),
});

describe('valueTables', () => {
  test.each(['standard', 'bc'] as const)('is the formula, rounded once, for %s', async (method) => {
    await fc.assert(
      fc.property(constants, ({ mean, std }) => {
        const { table, shifts } = valueTables(dataset, { method, mean, std });
        expect(shifts).toBeUndefined();
        expect(table).toEqual(Float32Array.from(everyByte(mean, std, 0)));
      }),
    );
  });

  test('keeps bytes without constants', () => {
    const { table } = valueTables(dataset, undefined);
    expect(table).toEqual(Float32Array.from(everyByte([0, 0], [1, 1], 0)));
  });

  test('leaves float32 no more than its last bit to lose, for bc+', async () => {
    let [unequal, count, inexact] = [0, 0, 0];
    await fc.assert(
      fc.property(constants, ({ mean, std }) => {
        const { table, shifts } = valueTables(dataset, { method: 'bc+', mean, std });
        const at = (values: Float32Array | undefined, i: number): number => values?.[i] as number;
        const entries = BYTES * CHANNELS;
        for (let image = 0; image < 6; image++) {
          const bytes = dataset.images.subarray(30 * image, 30 * (image + 1));
          const own = bytes.reduce((sum, value) => sum + value, 0) / 30;
          const wanted = Float32Array.from(everyByte(mean, std, own));
          const got = wanted.map((_, i) => {
            const c = 2 * CHANNELS * image + Math.floor(i / BYTES);
            const whole = at(table, i) - at(shifts, c);
            if (Math.fround(whole) !== whole) inexact++;
            return whole + Math.fround(at(table, entries + i) - at(shifts, c + CHANNELS));
          });
          for (let c = 0; c < CHANNELS; c++) {
            const part = (x: Float32Array) => x.subarray(c * BYTES, (c + 1) * BYTES);
            const differences = compareFloats(part(got), part(wanted));
            expect(differences.beyondNext).toBeLessThan(2 ** -46);
            unequal += differences.unequal;
            count += BYTES;
          }
        }
      }),
      { seed: 1, numRuns: 50 },
    );
    expect(inexact).toBe(0);
    expect(unequal / count).toBeLessThan(1e-5);
  });
});

/** (byte − own − mean) / std in float64, of each byte and channel. */
function everyByte(mean: readonly number[], std: readonly number[], own: number): number[] {
  return mean.flatMap((m, c) =>
    Array.from({ length: BYTES }, (_, byte) => (byte - (own + m)) / (std[c] as number)),
  );
}
