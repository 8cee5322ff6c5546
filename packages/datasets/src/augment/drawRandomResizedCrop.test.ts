import { createRandom } from '@bcl/random';
import * as fc from 'fast-check';
import { drawRandomResizedCrop } from './drawRandomResizedCrop.js';
import { applyRandomResizedCrop } from './randomResizedCrop.js';

const side = fc.integer({ min: 1, max: 40 });

describe('drawRandomResizedCrop', () => {
  test('draws boxes that lie in the image', async () => {
    await fc.assert(
      fc.property(side, side, fc.nat(), (height, width, seed) => {
        const random = createRandom(seed);
        const plan = drawRandomResizedCrop([8, height, width, 3], {
          size: [4, 4],
          random,
        });
        for (let b = 0; b < 8; b++) {
          const [top, left] = [plan.top[b] as number, plan.left[b] as number];
          const [h, w] = [plan.height[b] as number, plan.width[b] as number];
          expect(Math.min(top, left)).toBeGreaterThanOrEqual(0);
          expect(Math.min(h, w)).toBeGreaterThanOrEqual(1);
          expect(top + h).toBeLessThanOrEqual(height);
          expect(left + w).toBeLessThanOrEqual(width);
        }
      }),
    );
  });

  test('draws area and shape over their whole range, evenly', () => {
    // Small boxes in a large image always fit, so that no draw is thrown away.
    const options = {
      size: [4, 4] as const,
      scale: [0.1, 0.3] as const,
      random: createRandom(1),
    };
    const { height, width } = drawRandomResizedCrop([4000, 400, 400, 3], options);
    const areas = Array.from(height, (h, b) => (h * (width[b] as number)) / 160_000);
    const shapes = Array.from(height, (h, b) => Math.log((width[b] as number) / h));
    const mean = (x: number[]) => x.reduce((sum, v) => sum + v, 0) / x.length;
    expect(Math.min(...areas)).toBeCloseTo(0.1, 2);
    expect(Math.max(...areas)).toBeCloseTo(0.3, 2);
    expect(Math.abs(mean(areas) - 0.2)).toBeLessThan(0.004); // four standard deviations
    expect(Math.min(...shapes)).toBeCloseTo(Math.log(3 / 4), 1);
    expect(Math.max(...shapes)).toBeCloseTo(Math.log(4 / 3), 1);
    expect(Math.abs(mean(shapes))).toBeLessThan(0.011);
  });

  test.each([
    ['a flat image', 2, 100, [0, 48, 2, 3]],
    ['a narrow image', 100, 2, [48, 0, 3, 2]],
    ['one pixel', 1, 1, [0, 0, 1, 1]],
  ])('takes the largest allowed middle when nothing fits: %s', (_, height, width, expected) => {
    const plan = drawRandomResizedCrop([1, height, width, 3], {
      size: [4, 4],
      scale: [0.9, 1],
      random: createRandom(1),
    });
    expect([plan.top[0], plan.left[0], plan.height[0], plan.width[0]]).toEqual(expected);
  });

  test('draws the same boxes for a seed in every release', () => {
    const { size, ...boxes } = drawRandomResizedCrop([3, 64, 48, 3], {
      size: [32, 32],
      random: createRandom(42),
    });
    expect(Object.values(boxes).map((each) => Array.from(each))).toMatchInlineSnapshot(`
      [
        [
          18,
          3,
          4,
        ],
        [
          7,
          0,
          3,
        ],
        [
          36,
          57,
          59,
        ],
        [
          32,
          46,
          44,
        ],
      ]
    `);
  });

  test('says what must hold', () => {
    const random = createRandom(1);
    const draw = (options: object) => () =>
      drawRandomResizedCrop([1, 8, 8, 3], { size: [4, 4], random, ...options });
    expect(draw({ size: [4] })).toThrow(
      new RangeError(
        'drawRandomResizedCrop: size must be [height, width] in whole pixels, got [4]',
      ),
    );
    expect(draw({ scale: [0.5, 2] })).toThrow(
      new RangeError(
        'drawRandomResizedCrop: scale must be [least, largest], above 0 and at most 1, got [0.5,2]',
      ),
    );
    expect(draw({ ratio: [2, 1] })).toThrow(
      new RangeError('drawRandomResizedCrop: ratio must be [least, largest], above 0, got [2,1]'),
    );
    const image = { data: new Uint8Array(4), shape: [1, 2, 2, 1] as const };
    const [none, two] = [Int32Array.of(0), Int32Array.of(2)];
    expect(() =>
      applyRandomResizedCrop(image, {
        size: [1, 1],
        top: none,
        left: none,
        height: none,
        width: two,
      }),
    ).toThrow(
      'applyRandomResizedCrop: boxes must lie in images of [2, 2], got {"top":0,"left":0,"height":0,"width":2} for image 0',
    );
  });
});
