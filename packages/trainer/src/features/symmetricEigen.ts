/** Eigenvalues, the largest first, and their vectors, of length 1 each. */
export interface Eigen {
  values: Float64Array;
  /** `[n, n]`: row k belongs to value k. */
  vectors: Float64Array;
}

/** Sweeps after which Jacobi's method has long converged. */
const SWEEPS = 30;

/**
 * Eigenvalues and eigenvectors of a small symmetric matrix, to the last digits, by Jacobi's method: rotations in the
 * plane of two axes, each of which makes the number that couples them 0, until all of them are.
 *
 * @param matrix `[n, n]`, row after row; kept.
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS && coupling(a, n) > 0; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  }
  const order = Array.from({ length: n }, (_, k) => k);
  order.sort((i, j) => num(a, j * n + j) - num(a, i * n + i));
  const vectors = new Float64Array(n * n);
  for (const [row, k] of order.entries()) vectors.set(v.subarray(k * n, (k + 1) * n), row * n);
  return { values: Float64Array.from(order, (k) => num(a, k * n + k)), vectors };
}

/** How many of the numbers beside the diagonal still matter. */
function coupling(a: Float64Array, n: number): number {
  let left = 0;
  for (let p = 0; p < n; p++) {
    for (let q = p + 1; q < n; q++) {
      const size = Math.sqrt(Math.abs(num(a, p * n + p) * num(a, q * n + q)));
      if (Math.abs(num(a, p * n + q)) > Number.EPSILON * (size || 1e-300)) left++;
    }
  }
  return left;
}

/** Turns axes p and q so that `a[p, q]` becomes 0, and the vectors with them. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const off = num(a, p * n + q);
  if (off === 0) return;
  const theta = (num(a, q * n + q) - num(a, p * n + p)) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  const mix = (x: Float64Array, i: number, j: number) => {
    const [xi, xj] = [num(x, i), num(x, j)];
    x[i] = c * xi - s * xj;
    x[j] = s * xi + c * xj;
  };
  for (let k = 0; k < n; k++) mix(a, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) mix(a, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) mix(v, p * n + k, q * n + k);
}

function num(values: Float64Array, i: number): number {
  return values[i] as number;
}
