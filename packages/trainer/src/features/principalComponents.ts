import { createRandom, normal, type Random } from '@bcl/random';
import { symmetricEigen } from './symmetricEigen.js';

/** Points in the directions in which they spread most. */
export interface PrincipalComponents {
  /** `[N, count]`: where each point lies along the directions, from the mean of all. */
  points: Float32Array;
  /** Variance along each direction, the largest first. */
  variances: number[];
  /** The directions, `[count, size]`, of length 1 each. */
  directions: Float64Array;
  /** Variance in all directions together. */
  total: number;
}

/** How far a direction may be from exact, as a share of the largest variance. */
const TOLERANCE = 1e-9;
/** What is left of a vector of which nothing is left but rounding, as such a share. */
const ROUNDING = 1e-14;
/** Steps after which directions are taken as they are. */
const MOST_STEPS = 300;

/**
 * The principal components of points: the directions in which they spread most.
 *
 * By Lanczos' method on the covariance, which is never made: a step costs two passes over the points, and some tens of
 * steps are exact to nine digits, where a decomposition of the covariance of 1024 numbers takes half a minute. Each
 * direction has the sign that makes its largest number positive.
 *
 * @param values `[N, size]`, point after point; kept.
 * @param count How many directions; those beyond the numbers of a point, or the points, have variance 0.
 */
export function principalComponents(
  values: Float32Array,
  size: number,
  count = 3,
): PrincipalComponents {
  const x = centred(values, size);
  const n = x.length / size;
  const total = x.reduce((sum, v) => sum + v * v, 0) / n;
  const wanted = Math.min(count, size, n);
  const found = total > 0 ? spread(x, size, wanted) : [];
  const directions = new Float64Array(count * size);
  const points = new Float32Array(n * count);
  for (const [k, { direction }] of found.entries()) {
    directions.set(direction, k * size);
    for (const [i, along] of times(x, direction).entries()) points[i * count + k] = along;
  }
  const variances = Array.from({ length: count }, (_, k) => found[k]?.variance ?? 0);
  return { points, variances, directions, total };
}

interface Component {
  variance: number;
  direction: Float64Array;
}

/**
 * The components of centred points with the largest variance. The covariance C is known on a basis that grows by C times
 * its last vector, less what is in the basis already; there it is tridiagonal, and its ends soon come to those of C.
 */
function spread(x: Float64Array, size: number, wanted: number): Component[] {
  const random = createRandom('lanczos').stream('start');
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const beside: number[] = [];
  const most = Math.min(size, x.length / size, MOST_STEPS);
  let closed = 0;
  let look = 16;
  let v = newDirection(basis, size, random);
  for (;;) {
    basis.push(v);
    const w = covarianceTimes(x, v);
    diagonal.push(dot(w, v));
    let length = orthogonalise(w, basis);
    if (length <= ROUNDING * Math.max(...diagonal)) {
      // Nothing new: the basis has one direction of each variance, a further start finds one more of those that several have.
      length = 0;
      closed++;
    }
    const done = basis.length === most || closed === wanted;
    if (done || basis.length === look) {
      look = Math.ceil(1.5 * look);
      const eigen = symmetricEigen(tridiagonal(diagonal, beside), basis.length);
      if (done || (length > 0 && near(eigen, length, wanted))) {
        return Array.from({ length: Math.min(wanted, basis.length) }, (_, k) => ({
          variance: Math.max(0, eigen.values[k] as number),
          direction: combined(basis, eigen.vectors.subarray(k * basis.length)),
        }));
      }
    }
    beside.push(length);
    v = length === 0 ? newDirection(basis, size, random) : w.map((u) => u / length);
  }
}

/** Whether the first vectors lie as near to exact ones as they must, by what C adds outside of the basis. */
function near(
  { values, vectors }: ReturnType<typeof symmetricEigen>,
  length: number,
  wanted: number,
): boolean {
  const n = values.length;
  const largest = values[0] as number;
  for (let k = 0; k < wanted; k++) {
    const last = vectors[k * n + n - 1] as number;
    if (length * Math.abs(last) > TOLERANCE * largest) return false;
  }
  return true;
}

/** Points less their mean. */
function centred(values: Float32Array, size: number): Float64Array {
  const x = Float64Array.from(values);
  const n = x.length / size;
  const mean = new Float64Array(size);
  for (let i = 0; i < x.length; i++) mean[i % size] = (mean[i % size] as number) + (x[i] as number);
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) - (mean[i % size] as number) / n;
  return x;
}

/** X v: how far each point lies along v. */
function times(x: Float64Array, v: Float64Array): Float64Array {
  const size = v.length;
  const y = new Float64Array(x.length / size);
  for (let i = 0, at = 0; i < y.length; i++) {
    let sum = 0;
    for (let k = 0; k < size; k++, at++) sum += (x[at] as number) * (v[k] as number);
    y[i] = sum;
  }
  return y;
}

/** Xᵀ X v / N. */
function covarianceTimes(x: Float64Array, v: Float64Array): Float64Array {
  const y = times(x, v);
  const size = v.length;
  const w = new Float64Array(size);
  for (let i = 0, at = 0; i < y.length; i++) {
    const along = (y[i] as number) / y.length;
    for (let k = 0; k < size; k++, at++) w[k] = (w[k] as number) + along * (x[at] as number);
  }
  return w;
}

/** Takes what is in the basis out of w, twice as rounding wants it, and says how long the rest is. */
function orthogonalise(w: Float64Array, basis: readonly Float64Array[]): number {
  for (const v of [...basis, ...basis]) {
    const along = dot(w, v);
    for (let k = 0; k < w.length; k++) w[k] = (w[k] as number) - along * (v[k] as number);
  }
  return Math.sqrt(dot(w, w));
}

/** A direction of length 1 at right angles to the basis, which does not yet hold all of them. */
function newDirection(basis: readonly Float64Array[], size: number, random: Random): Float64Array {
  const w = Float64Array.from({ length: size }, () => normal(random));
  const length = orthogonalise(w, basis);
  return w.map((u) => u / length);
}

/** A symmetric tridiagonal matrix in full. */
function tridiagonal(diagonal: readonly number[], beside: readonly number[]): Float64Array {
  const n = diagonal.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    matrix[i * n + i] = diagonal[i] as number;
    if (i + 1 === n) break;
    matrix[i * n + i + 1] = beside[i] as number;
    matrix[(i + 1) * n + i] = beside[i] as number;
  }
  return matrix;
}

/** The vector with these parts of the basis, of length 1, its largest number positive. */
function combined(basis: readonly Float64Array[], parts: Float64Array): Float64Array {
  const sum = new Float64Array((basis[0] as Float64Array).length);
  for (const [m, v] of basis.entries()) {
    for (let k = 0; k < sum.length; k++) {
      sum[k] = (sum[k] as number) + (parts[m] as number) * (v[k] as number);
    }
  }
  const largest = sum.reduce((most, u) => (Math.abs(u) > Math.abs(most) ? u : most), 0);
  const length = Math.sqrt(dot(sum, sum)) * (largest < 0 ? -1 : 1);
  return sum.map((u) => u / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
}
