import { createRandom } from '@bcl/random';
import * as fc from 'fast-check';
import { drawBoxes, type ImageSize } from './drawBoxes.js';

const sides = fc.integer({ min: 1, max: 40 });
const ratios = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
  minLength: 1,
  maxLength: 9,
});

/** How often each of `n` numbers came. */
function counts(values: number[], n: number): number[] {
  const found = new Array<number>(n).fill(0);
  for (const value of values) found[value] = (found[value] as number) + 1;
  return found;
}

describe('drawBoxes', () => {
  test.each(['cut', 'inside'] as const)(
    'gives what a box leaves of the image, to the pixel, border %s',
    async (border) => {
      await fc.assert(
        fc.property(ratios, sides, sides, fc.nat(), (aimed, height, width, seed) => {
          const random = createRandom(seed);
          const { box, ratio } = drawBoxes(aimed, [height, width], {
            random,
            border,
          });
          expect(box.length).toBe(4 * aimed.length);
          aimed.forEach((r, i) => {
            const [top = 0, left = 0, bottom = 0, right = 0] = box.subarray(4 * i);
            let pixels = 0;
            for (let y = 0; y < height; y++) {
              for (let x = 0; x < width; x++) {
                if (y >= top && y < bottom && x >= left && x < right) pixels++;
              }
            }
            expect(pixels).toBe((bottom - top) * (right - left));
            expect(ratio[i]).toBe(Math.fround(1 - pixels / (height * width)));
            // Rounding and the border make boxes smaller, never larger.
            expect(ratio[i]).toBeGreaterThanOrEqual(Math.fround(r) - 1e-6);
            const [h, w] = [height, width].map((side) => Math.floor(side * Math.sqrt(1 - r)));
            if (border === 'inside') expect([bottom - top, right - left]).toEqual([h, w]);
          });
        }),
        { numRuns: 50 },
      );
    },
  );

  test('has its centre at each pixel as often as at the others', () => {
    const random = createRandom(3);
    // A box of 2 x 2 in 4 x 5: the centre is one below and right of its corner, unless cut.
    const { box } = drawBoxes(new Array(8000).fill(0.75), [4, 5], { random });
    const lefts = box.filter((_, i) => i % 4 === 1);
    const tops = box.filter((_, i) => i % 4 === 0);
    // Centres 0 and 1 both begin at 0. Four standard deviations: 179 and 160, below 200 and 170.
    for (const [n, share] of counts([...tops], 3).map((n, i) => [n, i === 0 ? 0.5 : 0.25])) {
      expect(Math.abs((n as number) - 8000 * (share as number))).toBeLessThan(180);
    }
    for (const [n, share] of counts([...lefts], 4).map((n, i) => [n, i === 0 ? 0.4 : 0.2])) {
      expect(Math.abs((n as number) - 8000 * (share as number))).toBeLessThan(180);
    }
  });

  test('lies inside at each place as often as at the others', () => {
    const random = createRandom(4);
    const { box, ratio } = drawBoxes(new Array(6000).fill(0.75), [4, 4], {
      random,
      border: 'inside',
    });
    for (const k of [0, 1]) {
      for (const n of counts([...box.filter((_, i) => i % 4 === k)], 3)) {
        // Standard deviation 36.5: four of them.
        expect(Math.abs(n - 2000)).toBeLessThan(146);
      }
    }
    expect(new Set(ratio)).toEqual(new Set([0.75]));
  });

  test('is empty at 1 and may be the whole image at 0', () => {
    const random = createRandom(5);
    expect([...drawBoxes([1, 1], [7, 7], { random }).ratio]).toEqual([1, 1]);
    const { box, ratio } = drawBoxes([0], [3, 8], { random, border: 'inside' });
    expect([...box]).toEqual([0, 0, 3, 8]);
    expect([...ratio]).toEqual([0]);
    // The centre of the authors' box is anywhere, so its corner reaches at most half way.
    expect([...drawBoxes([0], [4, 4], { random: () => 0 }).box]).toEqual([0, 0, 2, 2]);
    expect([...drawBoxes([0], [5, 5], { random: () => 0.99 }).box]).toEqual([2, 2, 5, 5]);
  });

  // Changing these numbers changes every user's runs: a major version.
  test('draws the same boxes for a seed in every release', () => {
    const draw = (border: 'cut' | 'inside') =>
      drawBoxes([0.25, 0.5, 0.9], [32, 24], {
        random: createRandom(42),
        border,
      });
    expect([draw('cut'), draw('inside')]).toMatchInlineSnapshot(`
      [
        {
          "box": Int32Array [
            0,
            0,
            23,
            17,
            8,
            2,
            30,
            18,
            21,
            0,
            31,
            6,
          ],
          "ratio": Float32Array [
            0.4908854067325592,
            0.5416666865348816,
            0.921875,
          ],
        },
        {
          "box": Int32Array [
            1,
            1,
            28,
            21,
            6,
            3,
            28,
            19,
            19,
            2,
            29,
            9,
          ],
          "ratio": Float32Array [
            0.296875,
            0.5416666865348816,
            0.9088541865348816,
          ],
        },
      ]
    `);
  });

  test('says what does not fit', () => {
    const random = createRandom(1);
    for (const size of [[0, 4], [4, 0], [4.5, 4], [4], [4, 4, 3]]) {
      expect(() => drawBoxes([0.5], size as unknown as ImageSize, { random })).toThrow(
        new RangeError(
          `drawBoxes: size must be height and width in pixels, got [${size.join(', ')}]`,
        ),
      );
    }
    expect(() => drawBoxes([0.5, 1.5], [4, 4], { random })).toThrow(
      new RangeError('drawBoxes: ratio must lie in 0..1, got 1.5'),
    );
    expect(() => drawBoxes([0.5], [4, 4], { random, border: 'wrap' as 'cut' })).toThrow(
      new RangeError("drawBoxes: border must be 'cut' or 'inside', got 'wrap'"),
    );
  });
});
