import type * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './readExamples.js';

/**
 * What `tf.data.generator` takes to make a `tf.data.Dataset` of batches, to go on with `map`, `zip` and the like. Each iteration of that
 * dataset is one epoch.
 *
 * @param batches A `DataIterator`.
 *
 * @example
 * ```js
 * import * as data from '@tensorflow/tfjs-data';
 *
 * const dataset = data.generator(tfGenerator(new DataIterator(train, { batchSize: 32, random })));
 * await model.fitDataset(dataset.map(({ xs, ys }) => …), { epochs: 3 });
 * ```
 */
export function tfGenerator(
  batches: AsyncIterable<Batch>,
): () => AsyncGenerator<{ xs: tf.Tensor4D; ys: tf.Tensor2D }, void, undefined> {
  return async function* () {
    for await (const { xs, ys } of batches) yield { xs, ys };
  };
}
