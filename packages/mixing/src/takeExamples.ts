import * as tf from '@tensorflow/tfjs-core';

/**
 * The examples of a batch that `index` names, `tf.gather` with a gradient on every backend: tfjs's own
 * needs UnsortedSegmentSum, which wasm lacks. What came to an example's copies is added up by as many
 * gathers as the most taken example has copies.
 */
export function takeExamples<T extends tf.Tensor>(x: T, index: Int32Array): T {
  const take = tf.customGrad((source) => {
    const taken = tf.gather(source as tf.Tensor, tf.tensor1d(index, 'int32'));
    const gradFunc = (dy: tf.Tensor) => addUp(dy, index, x.shape[0] as number);
    return { value: taken, gradFunc };
  });
  return take(x) as T;
}

/** For each of `count` examples the sum of the rows of `dy` that were taken from it. */
function addUp(dy: tf.Tensor, index: Int32Array, count: number): tf.Tensor {
  const copies: number[][] = Array.from({ length: count }, () => []);
  index.forEach((from, to) => {
    copies[from]?.push(to);
  });
  const most = Math.max(1, ...copies.map(({ length }) => length));
  const none = index.length; // the row of zeros behind the others
  const padded = tf.concat([dy, tf.zeros([1, ...dy.shape.slice(1)])]);
  const rounds = Array.from({ length: most }, (_, round) =>
    tf.gather(
      padded,
      tf.tensor1d(
        copies.map((to) => to[round] ?? none),
        'int32',
      ),
    ),
  );
  return tf.addN(rounds);
}
