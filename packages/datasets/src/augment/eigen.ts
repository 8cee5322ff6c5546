/** Sweeps after which a symmetric matrix is diagonal to rounding; those of three channels take five. */
const SWEEPS = 50;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations, the largest value first. The vectors are the columns,
 * the largest part of each above 0.
 */
export function eigen(symmetric: readonly (readonly number[])[]): {
  values: number[];
  vectors: number[][];
} {
  const n = symmetric.length;
  const a = symmetric.map((row) => [...row]);
  const v = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) rotate(a, v, p, q);
    }
  }
  const values = a.map((row, i) => row[i] as number);
  const order = values
    .map((_, i) => i)
    .sort((i, j) => (values[j] as number) - (values[i] as number));
  const signs = order.map((i) => {
    const column = v.map((row) => row[i] as number);
    const largest = column.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
    return largest < 0 ? -1 : 1;
  });
  return {
    values: order.map((i) => values[i] as number),
    vectors: v.map((row) => order.map((i, k) => (signs[k] as number) * (row[i] as number))),
  };
}

/** Turns the axes p and q so that the element between them becomes 0. */
function rotate(a: number[][], v: number[][], p: number, q: number): void {
  const [rowP, rowQ] = [a[p] as number[], a[q] as number[]];
  const between = rowP[q] as number;
  if (between === 0) return;
  const theta = ((rowQ[q] as number) - (rowP[p] as number)) / (2 * between);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  const turn = (row: number[]) => {
    const [x, y] = [row[p] as number, row[q] as number];
    row[p] = c * x - s * y;
    row[q] = s * x + c * y;
  };
  for (const row of a) turn(row);
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [rowP[k] as number, rowQ[k] as number];
    rowP[k] = c * x - s * y;
    rowQ[k] = s * x + c * y;
  }
  for (const row of v) turn(row);
}
