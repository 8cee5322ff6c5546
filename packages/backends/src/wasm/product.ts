import type { Heap } from './heap.js';
import type { Pointer } from './kernelModule.js';

/** Values of k that are packed and multiplied at a time; a panel of them stays in the first-level cache. */
const DEPTH = 256;
/** Rows of A that are packed and multiplied at a time, a multiple of four; with all of DEPTH they fill 128 KiB. */
const ROWS = 128;

/** One matrix product C = op(A) · op(B), all row-major. */
export interface Product {
  rows: number;
  columns: number;
  depth: number;
  /** A is `[depth, rows]`, not `[rows, depth]`. */
  transposeA: boolean;
  /** B is `[columns, depth]`, not `[depth, columns]`. */
  transposeB: boolean;
}

/** Writes C, `[rows, columns]`; zeros where there is no depth. */
export function multiply(heap: Heap, a: Pointer, b: Pointer, c: Pointer, p: Product): void {
  const { kernels } = heap;
  const { rows, columns, depth } = p;
  const most = Math.min(depth, DEPTH);
  const mostRows = Math.min(rows, ROWS);
  const leftBytes = Math.ceil(mostRows / 4) * most * 16;
  const rightBytes = Math.ceil(columns / 8) * most * 32;
  heap.scratch([leftBytes, rightBytes], (left, right) => {
    let begin = 0;
    do {
      const count = Math.min(most, depth - begin);
      if (p.transposeB) {
        kernels.packPanelsTransposed(b + begin * 4, depth, right, count, count, columns);
      } else {
        kernels.packPanels(b + begin * columns * 4, columns, right, count, count, columns);
      }
      for (let row = 0; row < rows; row += ROWS) {
        const some = Math.min(ROWS, rows - row);
        if (p.transposeA) {
          kernels.packQuads(a + (begin * rows + row) * 4, rows, left, count, count, some);
        } else {
          kernels.packQuadsTransposed(
            a + (row * depth + begin) * 4,
            depth,
            left,
            count,
            count,
            some,
          );
        }
        kernels.gemmOuter(
          left,
          count,
          right,
          count,
          c + row * columns * 4,
          columns,
          some,
          columns,
          count,
          begin > 0 ? 1 : 0,
        );
      }
      begin += count;
    } while (begin < depth);
  });
}
