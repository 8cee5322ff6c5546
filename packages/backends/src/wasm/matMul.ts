import type * as tf from '@tensorflow/tfjs-core';
import { broadcast_util, util } from '@tensorflow/tfjs-core';
import type { Heap } from './heap.js';
import { multiply } from './product.js';
import { kernel, type WasmKernel } from './wasmKernel.js';

/**
 * Matrix product, each side transposed or not, batch dimensions broadcast: TensorFlow.js's `BatchMatMul`.
 *
 * @param a `[…, rows, depth]`, or `[…, depth, rows]` with `transposeA`.
 * @param b `[…, depth, columns]`, or `[…, columns, depth]` with `transposeB`.
 * @returns `[…, rows, columns]`.
 */
function matMul(
  heap: Heap,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { transposeA, transposeB }: { transposeA: boolean; transposeB: boolean },
): tf.TensorInfo {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') {
    throw new Error(
      `matMul: the wasm backend multiplies float32, got ${a.dtype} and ${b.dtype}; cast them with tf.cast`,
    );
  }
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
