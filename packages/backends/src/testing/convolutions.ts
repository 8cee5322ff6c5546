import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { values } from './kernels.js';
import { type Convolution, convolvedShape, size } from './naive.js';

/** What the kernels of a convolution are tried with. */
export interface Operands {
  x: Float32Array;
  filter: Float32Array;
  dy: Float32Array;
}

/** A length from 1. */
export function count(most: number): fc.Arbitrary<number> {
  return fc.integer({ min: 1, max: most });
}

/** Any padding, up to `most` on a side. */
export function padding(most: number): fc.Arbitrary<Convolution['pad']> {
  const side = fc.tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 0, max: most }));
  return fc.oneof(
    fc.constant('same' as const),
    fc.constant('valid' as const),
    fc.tuple(side, side),
  );
}

/** The filter with as many channels as the images have. */
export function channelsAgree(c: Convolution): Convolution {
  const [height, width, , outputs] = c.filterShape;
  return { ...c, filterShape: [height, width, c.xShape[3], outputs] };
}

/** Whether there is anything to compute. */
export function hasResult(c: Convolution): boolean {
  return size(convolvedShape(c)) > 0 && convolvedShape(c).every((length) => length > 0);
}

/** Values for all three tensors, from a seed. */
export function operands(c: Convolution, seed: number): Operands {
  return {
    x: values(size(c.xShape), seed),
    filter: values(size(c.filterShape), seed + 1),
    dy: values(size(convolvedShape(c)), seed + 2),
  };
}

/** `[x, filter, dy]`. */
export function tensors(c: Convolution, o: Operands): [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D] {
  return [
    tf.tensor4d(o.x, c.xShape),
    tf.tensor4d(o.filter, c.filterShape),
    tf.tensor4d(o.dy, convolvedShape(c)),
  ];
}
