import { DataIterator, type Dataset, type Preprocessing } from '@bcl/datasets';
import * as tf from '@tensorflow/tfjs-core';

/** A batch prepared for the model. */
export interface TestBatch {
  /** Images as the model wants them. */
  xs: tf.Tensor;
  /** Label rows `[B, K]`. */
  ys: tf.Tensor;
}

export interface TestResult {
  /** Share of the examples whose class the model named, 0..1. */
  accuracy: number;
  /** Mean over the examples. */
  loss: number;
  /** How often each class (row) was taken for which (column). */
  confusion: number[][];
  /** Examples seen. */
  count: number;
}

/** Mean loss of a batch and the class that the model says of each example. */
export type Forward = (xs: tf.Tensor, ys: tf.Tensor) => Promise<{ loss: number; said: Int32Array }>;

/** Evaluates a model on a data set, preprocessed here, or on batches, checked here. */
export async function evaluate(
  forward: Forward,
  preprocessing: Preprocessing,
  data: Dataset | Iterable<TestBatch> | AsyncIterable<TestBatch>,
  batchSize: number,
): Promise<TestResult> {
  const { classes } = preprocessing;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
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
      const { loss, said } = await forward(xs, ys);
      const truth = await classesOf(ys);
      for (const [i, row] of truth.entries()) {
        const cells = confusion[row] as number[];
        cells[said[i] as number] = (cells[said[i] as number] ?? 0) + 1;
      }
      lossSum += loss * truth.length;
      count += truth.length;
    } finally {
      tf.dispose([xs, ys]);
    }
  }
  if (count === 0) throw new RangeError('ModelManager.test: data must hold examples, got none');
  const hits = confusion.reduce((sum, row, i) => sum + (row[i] as number), 0);
  return { accuracy: hits / count, loss: lossSum / count, confusion, count };
}

/** The class of each label row. */
async function classesOf(ys: tf.Tensor): Promise<Int32Array> {
  const classes = tf.argMax(ys, -1);
  try {
    return await classes.data<'int32'>();
  } finally {
    classes.dispose();
  }
}

function isDataset(data: object): data is Dataset {
  return 'images' in data && 'labels' in data;
}
