import { createRandom } from './createRandom.js';
import { normal } from './normal.js';

describe('normal', () => {
  test('is the transform of Box and Muller', () => {
    const given = [0.5, 0.125];
    // sqrt(-2 ln 0.5) · cos(π/4)
    expect(normal(() => given.shift() as number)).toBeCloseTo(0.832554611, 8);
  });

  test('has the moments of the standard normal distribution', () => {
    const random = createRandom(11);
    const sample = Array.from({ length: 40_000 }, () => normal(random));
    const moment = (k: number) => sample.reduce((sum, x) => sum + x ** k, 0) / sample.length;
    // Standard deviations of these means: 0.005, 0.007, 0.019, 0.049; four of each.
    expect(Math.abs(moment(1))).toBeLessThan(0.02);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.03);
    expect(Math.abs(moment(3))).toBeLessThan(0.08);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.2);
  });

  test('is finite for the smallest and the largest draw', () => {
    expect(normal(() => 0)).toBe(0);
    expect(Number.isFinite(normal(() => 1 - 2 ** -53))).toBe(true);
  });

  test('takes two draws, so that a saved state is complete', () => {
    const random = createRandom(4);
    normal(random);
    const other = createRandom(4);
    other();
    other();
    expect(random()).toBe(other());
  });
});
