import type { Dataset, Preprocessing } from '@bcl/datasets';
import { Metrics, type MetricsResult } from '@bcl/losses';
import * as tf from '@tensorflow/tfjs-core';
import type { Evaluated } from './forward.js';
import { type Attacked, type PreparedBatch, prepared } from './prepared.js';

/** A batch prepared for the model. */
export interface TestBatch {
  /** Images as the model wants them. */
  xs: tf.Tensor;
  /** Label rows `[B, K]`. */
  ys: tf.Tensor;
}

/** `accuracy`, `confusion`, `count` and all else that `Metrics` finds, and the loss. */
export interface TestResult extends MetricsResult {
  /** The model's own loss, mean over the examples. */
  loss: number;
  /** The same metrics against the data set's soft labels; absent where it has none. */
  soft?: SoftResult;
}

export interface SoftResult extends MetricsResult {
  /** Mean entropy of the soft labels: the least that `nll` can be, so that `nll - entropy` is the divergence from them. */
  entropy: number;
}

/** Looks at a batch of preprocessed images and labels, and soft labels where there are such. */
export type Forward = (xs: tf.Tensor, ys: tf.Tensor, soft?: tf.Tensor) => Promise<Evaluated>;

/** What is evaluated: a data set, preprocessed here, or batches, checked here. */
export type TestData = Dataset | Iterable<TestBatch> | AsyncIterable<TestBatch>;

/** Evaluates a model, or what an attack leaves of it. */
export async function evaluate(
  forward: Forward,
  preprocessing: Preprocessing,
  data: TestData,
  { batchSize, attacked }: { batchSize: number; attacked?: Attacked },
): Promise<TestResult> {
  const { classes } = preprocessing;
  const [metrics, softMetrics] = [new Metrics({ classes }), new Metrics({ classes })];
  let lossSum = 0;
  let count = 0;
  let softCount = 0;
  let entropySum = 0;
  const batches = isDataset(data)
    ? prepared(data, preprocessing, batchSize, attacked)
    : checked(data, preprocessing, attacked);
  for await (const { xs, ys, soft } of batches) {
    try {
      const { loss, rows, softRows } = await forward(xs, ys, soft);
      const size = xs.shape[0] as number;
      metrics.add(rows);
      lossSum += loss * size;
      count += size;
      if (!softRows) continue;
      softMetrics.add(softRows);
      softCount += size;
      entropySum += entropy(await (soft as tf.Tensor).data());
    } finally {
      tf.dispose([xs, ys, soft ?? []]);
    }
  }
  if (count === 0) throw new RangeError('ModelManager.test: data must hold examples, got none');
  return {
    loss: lossSum / count,
    ...(await metrics.result()),
    ...(softCount > 0
      ? { soft: { ...(await softMetrics.result()), entropy: entropySum / softCount } }
      : {}),
  };
}

/** Entropy of some rows together, −Σ t log t. */
function entropy(shares: ArrayLike<number>): number {
  return Array.from(shares).reduce((sum, t) => (t > 0 ? sum - t * Math.log(t) : sum), 0);
}

/** Batches from elsewhere, each refused if it is not preprocessed as the model wants it. */
async function* checked(
  batches: Iterable<TestBatch> | AsyncIterable<TestBatch>,
  preprocessing: Preprocessing,
  attacked: Attacked | undefined,
): AsyncGenerator<PreparedBatch, void, undefined> {
  if (attacked) {
    throw new TypeError(
      'ModelManager.test: an attack moves raw pixels, got batches that are prepared already; pass a Dataset',
    );
  }
  for await (const { xs, ys } of batches as AsyncIterable<TestBatch>) {
    try {
      await preprocessing.check(xs);
    } catch (error) {
      tf.dispose([xs, ys]);
      throw error;
    }
    yield { xs, ys };
  }
}

function isDataset(data: object): data is Dataset {
  return 'images' in data && 'labels' in data;
}
