import * as tf from '@tensorflow/tfjs-core';
import { type CalibrationOptions, checkBins } from './expectedCalibrationError.js';
import type { Column } from './overRows.js';
import { columns, rowMetrics } from './rowMetrics.js';
import { type MetricsResult, Sums } from './Sums.js';

export interface MetricsOptions extends CalibrationOptions {
  /** Number of classes, K. */
  readonly classes: number;
}

/**
 * Metrics over many batches, exactly as over all rows at once: counts are counted and sums are
 * summed in float64, no mean of means. `update` only notes eight numbers a row, on the device; `result`
 * reads them back, all batches in one go.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { Metrics } from '@bcl/losses';
 *
 * const metrics = new Metrics({ classes: 2 });
 * metrics.update(tf.tensor2d([[1, 0], [0, 1], [0, 1]]), tf.tensor2d([[3, 1], [3, 1], [1, 3]]));
 * metrics.update(tf.tensor2d([[1, 0]]), tf.tensor2d([[2, 0]]));
 * const { accuracy, perClass, confusion } = await metrics.result();
 * accuracy; // => 0.75
 * perClass; // => [1, 0.5]
 * confusion; // => [[2, 0], [1, 1]]
 * ```
 */
export class Metrics {
  readonly classes: number;
  readonly bins: number;
  #pending: tf.Tensor2D[] = [];
  #sums: Sums;

  /** @throws RangeError when there are no classes or no bins. */
  constructor({ classes, bins = 15 }: MetricsOptions) {
    if (!Number.isInteger(classes) || classes < 1) {
      throw new RangeError(`Metrics: classes must be a whole number from 1 up, got ${classes}`);
    }
    checkBins('Metrics', bins);
    this.classes = classes;
    this.bins = bins;
    this.#sums = new Sums(classes, bins);
  }

  /**
   * Adds a batch. Nothing is read back yet.
   *
   * @param yTrue Labels, `[B, K]`; kept, as are the logits.
   * @throws RangeError when the shapes do not fit.
   */
  update(yTrue: tf.Tensor, logits: tf.Tensor): void {
    if (yTrue.shape[1] !== this.classes) {
      throw new RangeError(
        `Metrics.update: labels must be [B, ${this.classes}], got [${yTrue.shape.join(', ')}]`,
      );
    }
    this.#pending.push(tf.keep(rowMetrics(yTrue, logits)));
  }

  /**
   * Adds rows of `rowMetrics` that were read elsewhere, as in another thread.
   *
   * @param rows `[B, 8]`, row after row.
   */
  add(rows: ArrayLike<number>): void {
    if (rows.length % columns.length !== 0) {
      throw new RangeError(
        `Metrics.add: rows must hold ${columns.length} numbers each, got ${rows.length} numbers`,
      );
    }
    const row = {} as Record<Column, number>;
    for (let i = 0; i < rows.length; i += columns.length) {
      for (const [column, name] of columns.entries()) row[name] = rows[i + column] as number;
      this.#sums.add(row);
    }
  }

  /**
   * All metrics over the rows so far; more may follow.
   *
   * @throws RangeError when there are no rows.
   */
  async result(): Promise<MetricsResult> {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length > 0) {
      const all = tf.concat(pending);
      tf.dispose(pending);
      try {
        this.add(await all.data());
      } finally {
        all.dispose();
      }
    }
    return this.#sums.result();
  }

  /** Begins anew, with no rows. */
  reset(): void {
    this.dispose();
    this.#sums = new Sums(this.classes, this.bins);
  }

  /** Frees what has not been read back. */
  dispose(): void {
    tf.dispose(this.#pending);
    this.#pending = [];
  }
}
