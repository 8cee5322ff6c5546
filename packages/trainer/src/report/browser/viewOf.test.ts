import { viewOf } from './viewOf.js';

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, v, k) => sum + v * (b[k] as number), 0);

describe('viewOf', () => {
  test('looks along the third axis when nothing is turned', () => {
    const { across, up, near } = viewOf(0, 0);
    expect(across).toEqual([1, 0, 0]);
    expect(up.map((v) => v + 0)).toEqual([0, 1, 0]);
    expect(near.map((v) => v + 0)).toEqual([0, 0, 1]);
  });

  test('brings the third axis to the right when turned by a quarter, and up when tilted down', () => {
    expect(dot(viewOf(90, 0).across, [0, 0, 1])).toBeCloseTo(1, 12);
    expect(dot(viewOf(0, -90).up, [0, 0, 1])).toBeCloseTo(1, 12);
  });

  test.each([
    [30, 20],
    [-170, 85],
    [180, -90],
  ])('has its directions at right angles: %d, %d', (turn, tilt) => {
    const { across, up, near } = viewOf(turn, tilt);
    for (const axis of [across, up, near]) expect(dot(axis, axis)).toBeCloseTo(1, 12);
    for (const [a, b] of [
      [across, up],
      [up, near],
      [near, across],
    ] as const) {
      expect(dot(a, b)).toBeCloseTo(0, 12);
    }
  });
});
