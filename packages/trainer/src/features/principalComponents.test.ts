import { createRandom, normal } from '@bcl/random';
import * as fc from 'fast-check';
import { principalComponents } from './principalComponents.js';
import { symmetricEigen } from './symmetricEigen.js';

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((total, v) => total + v, 0);
const row = (values: Float64Array, k: number, n: number) => values.subarray(k * n, (k + 1) * n);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  sum(Array.from(a, (v, i) => v * (b[i] as number)));

/** The covariance written out. */
function covariance(values: Float32Array, size: number): Float64Array {
  const n = values.length / size;
  const mean = Array.from(
    { length: size },
    (_, k) => sum(values.filter((_, i) => i % size === k)) / n,
  );
  const c = new Float64Array(size * size);
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < size; p++) {
      for (let q = 0; q < size; q++) {
        const [x, y] = [p, q].map((k) => (values[i * size + k] as number) - (mean[k] as number));
        c[p * size + q] = (c[p * size + q] as number) + ((x as number) * (y as number)) / n;
      }
    }
  }
  return c;
}

describe('symmetricEigen', () => {
  test('is worked out by hand', () => {
    // Its polynomial is (λ − 1)(λ² − 8 λ + 13).
    const { values, vectors } = symmetricEigen(Float64Array.of(4, 1, -2, 1, 2, 0, -2, 0, 3), 3);
    const expected = [4 + Math.sqrt(3), 4 - Math.sqrt(3), 1];
    for (const [k, value] of expected.entries()) expect(values[k]).toBeCloseTo(value, 13);
    const last = row(vectors, 2, 3).map((v, _, all) => v / (all[0] as number));
    for (const [k, v] of [1, -1, 1].entries()) expect(last[k]).toBeCloseTo(v, 13);
  });

  test('makes the matrix again, of vectors at right angles', async () => {
    const entry = fc.integer({ min: -9, max: 9 });
    await fc.assert(
      fc.property(fc.array(entry, { minLength: 15, maxLength: 15 }), (upper) => {
        const n = 5;
        const a = new Float64Array(n * n);
        let at = 0;
        for (let p = 0; p < n; p++) {
          for (let q = p; q < n; q++) a[p * n + q] = a[q * n + p] = upper[at++] as number;
        }
        const { values, vectors } = symmetricEigen(a, n);
        for (let p = 0; p < n; p++) {
          for (let q = 0; q < n; q++) {
            const right = p === q ? 1 : 0;
            expect(dot(row(vectors, p, n), row(vectors, q, n))).toBeCloseTo(right, 10);
            const made = sum(
              Array.from(
                values,
                (v, k) => v * (vectors[k * n + p] as number) * (vectors[k * n + q] as number),
              ),
            );
            expect(made).toBeCloseTo(a[p * n + q] as number, 9);
          }
        }
        expect([...values]).toEqual([...values].sort((x, y) => y - x));
      }),
    );
  });
});

describe('principalComponents', () => {
  test('are the largest eigenvectors of the covariance', async () => {
    await fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 3, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        (seed, n, size) => {
          const random = createRandom(seed);
          const values = Float32Array.from(
            { length: n * size },
            (_, i) => normal(random) * (1 + (i % size)),
          );
          const { points, variances, directions, total } = principalComponents(values, size);
          const c = covariance(values, size);
          const eigen = symmetricEigen(c, size);
          expect(total).toBeCloseTo(sum(eigen.values), 6);
          for (let k = 0; k < 3; k++) {
            const variance = variances[k] as number;
            expect(variance).toBeCloseTo(Math.max(0, eigen.values[k] ?? 0), 6);
            if (variance < 1e-9) continue;
            const direction = row(directions, k, size);
            expect(dot(direction, direction)).toBeCloseTo(1, 10);
            const through = Array.from({ length: size }, (_, p) => dot(row(c, p, size), direction));
            // C v = λ v.
            for (let p = 0; p < size; p++) {
              expect(through[p]).toBeCloseTo(variance * (direction[p] as number), 5);
            }
            expect(direction[direction.indexOf(Math.max(...direction))]).toBe(
              Math.max(...Array.from(direction, Math.abs)),
            );
            const along = Array.from({ length: n }, (_, i) => points[3 * i + k] as number);
            expect(sum(along) / n).toBeCloseTo(0, 4);
            expect(dot(along, along) / n).toBeCloseTo(variance, 3);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('find each of several directions of one variance', () => {
    // Corners of a box of 5 dimensions: variance 9, 4, 4, 4, 1.
    const scales = [2, 3, 2, 2, 1];
    const values = Float32Array.from(
      Array.from({ length: 32 }, (_, corner) =>
        scales.map((scale, k) => ((corner >> k) & 1 ? scale : -scale)),
      ).flat(),
    );
    const { variances, directions } = principalComponents(values, 5);
    for (const [k, variance] of [9, 4, 4].entries()) expect(variances[k]).toBeCloseTo(variance, 9);
    expect(dot(row(directions, 1, 5), row(directions, 2, 5))).toBeCloseTo(0, 9);
  });

  test('of points in a plane, in one place, or fewer than wanted have variance 0', () => {
    const plane = Float32Array.from([1, 2, 0, 3, -1, 0, -2, 4, 0, 0, 0, 0]);
    expect(principalComponents(plane, 3).variances[2]).toBeCloseTo(0, 12);
    const { points, variances, total } = principalComponents(new Float32Array(12).fill(5), 3);
    expect([total, ...variances]).toEqual([0, 0, 0, 0]);
    expect(Array.from(points)).toEqual(new Array(12).fill(0));
    expect(principalComponents(Float32Array.of(1, 3), 1).variances).toEqual([1, 0, 0]);
  });

  test('are found in a thousand dimensions, in a time that nobody minds', () => {
    const random = createRandom(1);
    const centres = Array.from({ length: 10 }, () =>
      Float64Array.from({ length: 1000 }, () => 3 * normal(random)),
    );
    const values = Float32Array.from({ length: 200 * 1000 }, (_, i) => {
      const [image, k] = [Math.floor(i / 1000), i % 1000];
      return (centres[image % 10]?.[k] as number) + normal(random);
    });
    const { variances, directions } = principalComponents(values, 1000);
    for (const k of [0, 1, 2]) {
      const direction = Float64Array.from(row(directions, k, 1000));
      const again = principalComponents(
        Float32Array.from({ length: 200 }, (_, i) =>
          dot(values.subarray(i * 1000, (i + 1) * 1000), direction),
        ),
        1,
      );
      expect(again.total / (variances[k] as number)).toBeCloseTo(1, 5);
    }
  });
});
