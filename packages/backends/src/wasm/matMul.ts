import type * as tf from '@tensorflow/tfjs-core';
import { broadcast_util, util } from '@tensorflow/tfjs-core';
import type { Heap } from './heap.js';
import type { Pointer } from './kernelModule.js';
import { kernel, type WasmKernel } from './wasmKernel.js';

/** One matrix product C = op(A) · op(B), all row-major. */
interface Product {
  rows: number;
  columns: number;
  depth: number;
  transposeA: boolean;
  transposeB: boolean;
}

/**
 * Matrix product, each side transposed or not, batch dimensions broadcast: TensorFlow.js's `BatchMatMul`.
 *
 * @param a `[…, rows, depth]`, or `[…, depth, rows]` with `transposeA`.
 * @param b `[…, depth, columns]`, or `[…, columns, depth]` with `transposeB`.
 * @returns `[…, rows, columns]`.
 */
export function matMul(
  heap: Heap,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): tf.TensorInfo {
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const depth = transposeA ? aRows : aColumns;
  util.assert(
    depth === (transposeB ? bColumns : bRows),
    () =>
      `matMul: inner dimensions must agree, got ${a.shape} and ${b.shape} with transposeA=${transposeA}, transposeB=${transposeB}`,
  );
  const rows = transposeA ? aColumns : aRows;
  const columns = transposeB ? bRows : bColumns;
  const outer = broadcast_util.assertAndGetBroadcastShape(
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
  );
  const product = { rows, columns, depth, transposeA, transposeB };
  const output = heap.output([...outer, rows, columns]);
  const aIndex = batchIndex(a.shape.slice(0, -2), outer);
  const bIndex = batchIndex(b.shape.slice(0, -2), outer);
  for (let i = 0; i < util.sizeFromShape(outer); i++) {
    multiply(
      heap,
      heap.at(a) + aIndex(i) * rows * depth * 4,
      heap.at(b) + bIndex(i) * columns * depth * 4,
      heap.at(output) + i * rows * columns * 4,
      product,
    );
  }
  return output;
}

function multiply(heap: Heap, a: Pointer, b: Pointer, c: Pointer, p: Product): void {
  const { kernels } = heap;
  const { rows, columns, depth } = p;
  if (rows * columns === 0) return;
  const panelBytes = Math.ceil(columns / 8) * depth * 32;
  const packB = p.transposeB
    ? (to: Pointer) => kernels.packPanelsTransposed(b, depth, to, depth, depth, columns)
    : (to: Pointer) => kernels.packPanels(b, columns, to, depth, depth, columns);
  if (p.transposeA) {
    heap.scratch([Math.ceil(rows / 4) * depth * 16, panelBytes], (left, right) => {
      kernels.packQuads(a, rows, left, depth, depth, rows);
      packB(right);
      kernels.gemmOuter(left, depth, right, depth, c, columns, rows, columns, depth, 0);
    });
    return;
  }
  const blocks = Math.ceil(rows / 6) * 6;
  heap.scratch([panelBytes, blocks * 4, blocks * 4], (right, table, targets) => {
    packB(right);
    const addresses = heap.u32(table, blocks);
    const results = heap.u32(targets, blocks);
    for (let i = 0; i < blocks; i++) {
      const row = Math.min(i, rows - 1);
      addresses[i] = a + row * depth * 4;
      results[i] = c + row * columns * 4;
    }
    kernels.gemmRows(table, 0, right, targets, rows, columns, 1, depth);
  });
}

/** For the i-th matrix of the broadcast shape, which matrix of `shape` it is. */
function batchIndex(shape: number[], outer: number[]): (i: number) => number {
  if (util.arraysEqual(shape, outer)) return (i) => i;
  const strides = util.computeStrides(outer);
  const padded = [...new Array<number>(outer.length - shape.length).fill(1), ...shape];
  const own = padded.map((size, axis) =>
    size === 1 ? 0 : util.sizeFromShape(padded.slice(axis + 1)),
  );
  return (i) =>
    util
      .indexToLoc(i, outer.length, strides)
      .reduce((sum, at, axis) => sum + at * (own[axis] as number), 0);
}

/** `BatchMatMul`, which tfjs runs for `matMul`, `dot` and dense layers. */
export const matMulKernels: WasmKernel[] = [
  {
    name: 'BatchMatMul',
    make: (heap) =>
      kernel<{ a: tf.TensorInfo; b: tf.TensorInfo }, { transposeA: boolean; transposeB: boolean }>(
        ({ a, b }, attrs) => matMul(heap, a, b, attrs),
      ),
  },
];
