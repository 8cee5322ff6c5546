import { createRandom } from '@bcl/random';
import * as fc from 'fast-check';
import { applyRandomScale, drawRandomScale, randomScale } from './randomScale.js';

const sound = [0, 4, 8, -8, 2];

describe('randomScale', () => {
  test.each([
    [1, sound],
    [2, [0, 2, 4, 6, 8, 0, -8, -3, 2, 2]],
    [0.5, [0, 8]],
    [1.25, [0, 3.2, 6.4, 1.6, -6, 2]],
    [0.1, []],
  ])('puts samples on lines between the old ones, scale %d', (scale, expected) => {
    const scaled = applyRandomScale(sound, { scale });
    expect(scaled.length).toBe(expected.length);
    expected.forEach((v, i) => {
      expect(scaled[i]).toBeCloseTo(v, 5);
    });
  });

  test('keeps a straight line straight and makes no sample louder', async () => {
    const scales = fc.double({ min: 0.5, max: 2, noNaN: true });
    await fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), scales, (length, scale) => {
        const ramp = applyRandomScale(
          Array.from({ length }, (_, i) => i),
          { scale },
        );
        expect(ramp.length).toBe(Math.floor(length * scale));
        ramp.forEach((v, k) => {
          expect(v).toBeCloseTo(Math.min(k / scale, length - 1), 3);
        });
      }),
    );
  });

  test('draws and applies, and keeps the sound', () => {
    const samples = Float32Array.from(sound);
    const plan = drawRandomScale({ random: createRandom(3) });
    expect(randomScale(samples, { random: createRandom(3) })).toEqual(
      applyRandomScale(samples, plan),
    );
    expect([...samples]).toEqual(sound);
  });

  test('draws as often longer as shorter, the authors’ quarter at most', () => {
    const random = createRandom(4);
    const logs = Array.from(
      { length: 4000 },
      () => Math.log(drawRandomScale({ random }).scale) / Math.log(1.25),
    );
    expect(Math.min(...logs)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...logs)).toBeLessThan(1);
    const mean = logs.reduce((sum, u) => sum + u, 0) / logs.length;
    const square = logs.reduce((sum, u) => sum + u * u, 0) / logs.length;
    // Standard deviations of these means: 0.0091 and 0.0047; four of each.
    expect(Math.abs(mean)).toBeLessThan(0.037);
    expect(Math.abs(square - 1 / 3)).toBeLessThan(0.019);
    expect(drawRandomScale({ random, maxScale: 1 }).scale).toBe(1);
  });

  test('says what is no scale', () => {
    for (const wrong of [0.8, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => randomScale(sound, { random: () => 0, maxScale: wrong })).toThrow(
        new RangeError(`drawRandomScale: maxScale must be 1 or more, got ${wrong}`),
      );
    }
    for (const wrong of [0, -1, Number.NaN]) {
      expect(() => applyRandomScale(sound, { scale: wrong })).toThrow(
        new RangeError(`applyRandomScale: scale must be above 0, got ${wrong}`),
      );
    }
  });
});
