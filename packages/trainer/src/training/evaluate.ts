import { DataIterator, type Dataset, type Preprocessing } from '@bcl/datasets';
import { Metrics, type MetricsResult } from '@bcl/losses';
import * as tf from '@tensorflow/tfjs-core';
import type { Evaluated } from './forward.js';

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
}

/** Looks at a batch of preprocessed images and labels. */
export type Forward = (xs: tf.Tensor, ys: tf.Tensor) => Promise<Evaluated>;

/** Evaluates a model on a data set, preprocessed here, or on batches, checked here. */
export async function evaluate(
  forward: Forward,
  preprocessing: Preprocessing,
  data: Dataset | Iterable<TestBatch> | AsyncIterable<TestBatch>,
  batchSize: number,
): Promise<TestResult> {
  const metrics = new Metrics({ classes: preprocessing.classes });
  let lossSum = 0;
  let count = 0;
  const raw = isDataset(data);
  const source = raw
    ? new DataIterator(data, {
        batchSize: Math.min(batchSize, data.labels.length),
        preprocessing,
      })
    : data;
  for await (const { xs, ys } of source as AsyncIterable<TestBatch>) {
    try {
      if (!raw) await preprocessing.check(xs as tf.Tensor4D);
      const { loss, rows } = await forward(xs, ys);
      metrics.add(rows);
      lossSum += loss * (xs.shape[0] as number);
      count += xs.shape[0] as number;
    } finally {
      tf.dispose([xs, ys]);
    }
  }
  if (count === 0) throw new RangeError('ModelManager.test: data must hold examples, got none');
  return { loss: lossSum / count, ...(await metrics.result()) };
}

function isDataset(data: object): data is Dataset {
  return 'images' in data && 'labels' in data;
}
