import { util } from '@tensorflow/tfjs-core';

/** A shape by its axes before, among and behind those of a reduction. */
export interface MiddleAxes {
  before: number;
  among: number;
  behind: number;
}

/**
 * Sizes of a shape around the axes of a reduction, where those follow each other and leave the last axis: then it goes over the rows of
 * `[before, among, behind]`. `undefined` for other axes, and for rows of nothing.
 *
 * @param axis As TensorFlow.js's reductions take it.
 */
export function middleAxes(
  shape: number[],
  axis: number | number[] | undefined,
): MiddleAxes | undefined {
  const axes = util.parseAxisParam(axis as number[], shape);
  const first = Math.min(...axes);
  const end = Math.max(...axes) + 1;
  const inRow = axes.length > 0 && new Set(axes).size === end - first;
  if (!inRow || end >= shape.length) return undefined;
  const [before = 0, among = 0, behind = 0] = [
    shape.slice(0, first),
    shape.slice(first, end),
    shape.slice(end),
  ].map(util.sizeFromShape);
  return among * behind > 0 ? { before, among, behind } : undefined;
}
