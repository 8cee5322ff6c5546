import { createRandom } from '@bcl/random';
import * as fc from 'fast-check';
import { drawRandomErasing, type RandomErasingOptions } from './drawRandomErasing.js';
import { applyRandomErasing } from './randomErasing.js';

const side = fc.integer({ min: 1, max: 20 });

describe('drawRandomErasing', () => {
  test('leaves all that lies outside of its boxes untouched, and paints all inside', async () => {
    await fc.assert(
      fc.property(side, side, fc.nat(), (height, width, seed) => {
        const shape = [4, height, width, 2] as const;
        const data = Float32Array.from({ length: 8 * height * width }, (_, i) => i / 7);
        const plan = drawRandomErasing(shape, {
          random: createRandom(seed),
          fill: [-1, -2],
        });
        const painted = applyRandomErasing({ data, shape }, plan).data;
        const inside = (b: number, y: number, x: number) =>
          y >= (plan.top[b] as number) &&
          y < (plan.top[b] as number) + (plan.height[b] as number) &&
          x >= (plan.left[b] as number) &&
          x < (plan.left[b] as number) + (plan.width[b] as number);
        const expected = data.map((value, i) => {
          const pixel = Math.floor(i / 2);
          const [b, at] = [Math.floor(pixel / (height * width)), pixel % (height * width)];
          return inside(b, Math.floor(at / width), at % width) ? -1 - (i % 2) : value;
        });
        expect(painted).toEqual(expected);
      }),
    );
  });

  test('erases the share of the images and of their area that it is told', () => {
    const drawn = (options: Partial<RandomErasingOptions>) => {
      const { height, width } = drawRandomErasing([4000, 200, 200, 1], {
        random: createRandom(1),
        ...options,
      });
      return Array.from(height, (h, b) => (h * (width[b] as number)) / 40_000).filter(Boolean);
    };
    expect(Math.abs(drawn({ scale: [0.1, 0.2] }).length / 4000 - 0.5)).toBeLessThan(0.032);
    const areas = drawn({ probability: 1, scale: [0.1, 0.2] });
    expect(areas).toHaveLength(4000);
    expect(Math.min(...areas)).toBeCloseTo(0.1, 2);
    expect(Math.max(...areas)).toBeCloseTo(0.2, 2);
    expect(drawn({ probability: 0 })).toEqual([]);
  });

  test('draws noise for the boxes alone, of the kind that it is told', () => {
    const drawn = (fill: 'normal' | 'uniform') =>
      drawRandomErasing([200, 32, 32, 3], {
        random: createRandom(3),
        probability: 1,
        fill,
      });
    const { values, height, width } = drawn('normal');
    const area = height.reduce((sum, h, b) => sum + h * (width[b] as number), 0);
    expect(values).toHaveLength(3 * area);
    const mean = (x: Float32Array) => x.reduce((sum, v) => sum + v, 0) / x.length;
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(mean(values.map((v) => v * v))).toBeCloseTo(1, 1);
    const uniform = drawn('uniform').values;
    expect(Math.abs(mean(uniform) - 127.5)).toBeLessThan(1.5);
    expect(uniform.every((v) => v >= 0 && v <= 255)).toBe(true);
  });

  test('draws the same boxes for a seed in every release', () => {
    const plan = drawRandomErasing([4, 32, 32, 3], {
      random: createRandom(42),
    });
    expect(Object.values(plan).map((each) => Array.from(each))).toMatchInlineSnapshot(`
      [
        [
          9,
          5,
          0,
          0,
        ],
        [
          16,
          0,
          0,
          0,
        ],
        [
          10,
          26,
          0,
          0,
        ],
        [
          14,
          8,
          0,
          0,
        ],
        [
          0,
          0,
          0,
        ],
      ]
    `);
  });

  test('says what must hold', () => {
    const draw = (options: object) => () =>
      drawRandomErasing([1, 4, 4, 3], { random: createRandom(1), ...options });
    expect(draw({ fill: 'red' })).toThrow(
      new RangeError(
        "drawRandomErasing: fill must be a number, one for each channel, 'normal' or 'uniform', got \"red\"",
      ),
    );
    expect(draw({ fill: [1, 2] })).toThrow(
      new RangeError('drawRandomErasing: fill must have a value for each of 3 channels, got 2'),
    );
    expect(draw({ probability: -0.5 })).toThrow(
      'drawRandomErasing: probability must be 0..1, got -0.5',
    );
    expect(draw({ scale: [0, 1] })).toThrow(
      'scale must be [least, largest], above 0 and at most 1',
    );
    const image = { data: new Uint8Array(16), shape: [1, 4, 4, 1] as const };
    const plan = drawRandomErasing(image.shape, { random: createRandom(1) });
    expect(() => applyRandomErasing(image, { ...plan, values: new Float32Array(3) })).toThrow(
      /applyRandomErasing: values must be 1, one for each channel, or \d+, one for each of the boxes, got 3/,
    );
    expect(() => applyRandomErasing(image, { ...plan, top: Int32Array.of(0, 0) })).toThrow(
      'applyRandomErasing: the plan is for 2 images, got 1; draw one for this batch',
    );
  });
});
