import type { Column } from './overRows.js';

/** What `Metrics` finds over all rows. */
export interface MetricsResult {
  /** Rows. */
  count: number;
  /** Share of rows whose strongest logit is their class, of soft rows that of the largest share. */
  accuracy: number;
  /** Share of rows whose class is among the five strongest logits; 1 where there are but five classes. */
  top5: number;
  /** Negative log likelihood, −Σ t log softmax(y), in the mean over rows. */
  nll: number;
  /** Expected calibration error, see `expectedCalibrationError`. */
  calibrationError: number;
  /** What the calibration error is made of, from the least confidence to the most. */
  calibration: CalibrationBin[];
  /** Accuracy on the rows of each class; null for those without rows. */
  perClass: (number | null)[];
  /** How often each class (row) was taken for which (column). */
  confusion: number[][];
  /** Of the rows of two classes or more; null when there are none. */
  mixed: MixedResult | null;
}

export interface CalibrationBin {
  /** Rows whose confidence lies in the bin. */
  count: number;
  /** Mean confidence; null in an empty bin. */
  confidence: number | null;
  /** Mean share of the class that was named, of one-hot rows the accuracy; null in an empty bin. */
  accuracy: number | null;
}

export interface MixedResult {
  count: number;
  /** See `largerShareAgreement`. */
  agreement: number;
  /** See `ratioError`; null when no row has exactly two classes. */
  ratioError: number | null;
}

/** Sums over the rows of a bin. */
type Bin = { count: number; confidence: number; share: number };

/** Counts and float64 sums over rows. */
export class Sums {
  #count = 0;
  #top5 = 0;
  #nll = 0;
  #mixed = 0;
  #agreed = 0;
  #pairs = 0;
  #ratioError = 0;
  readonly #confusion: number[][];
  readonly #bins: Bin[];

  constructor(classes: number, bins: number) {
    this.#confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
    this.#bins = Array.from({ length: bins }, () => ({ count: 0, confidence: 0, share: 0 }));
  }

  /** Adds what `rowMetrics` says of a row. */
  add({
    truth,
    said,
    rank,
    nll,
    confidence,
    share,
    classes,
    ratioError,
  }: Record<Column, number>): void {
    this.#count++;
    if (rank < 5) this.#top5++;
    this.#nll += nll;
    const cells = this.#confusion[truth] as number[];
    cells[said] = (cells[said] as number) + 1;
    // Bin m of M holds the confidences above (m − 1) / M and up to m / M. NaN makes the first one NaN.
    const index = Math.max(0, Math.ceil(confidence * this.#bins.length) - 1) || 0;
    const bin = this.#bins[Math.min(index, this.#bins.length - 1)] as Bin;
    bin.count++;
    bin.confidence += confidence;
    bin.share += share;
    if (classes > 1) {
      this.#mixed++;
      if (rank === 0) this.#agreed++;
    }
    if (classes === 2) {
      this.#pairs++;
      this.#ratioError += ratioError;
    }
  }

  result(): MetricsResult {
    const count = this.#count;
    if (count === 0) throw new RangeError('Metrics.result: there are no rows yet; update first');
    const right = this.#confusion.map((row, i) => row[i] as number);
    const totals = this.#confusion.map(sum);
    const off = this.#bins.map((bin) => Math.abs(bin.share - bin.confidence));
    return {
      count,
      accuracy: sum(right) / count,
      top5: this.#top5 / count,
      nll: this.#nll / count,
      calibrationError: sum(off) / count,
      calibration: this.#bins.map((bin) => ({
        count: bin.count,
        confidence: ratio(bin.confidence, bin.count),
        accuracy: ratio(bin.share, bin.count),
      })),
      perClass: totals.map((total, i) => ratio(right[i] as number, total)),
      confusion: this.#confusion.map((row) => [...row]),
      mixed:
        this.#mixed === 0
          ? null
          : {
              count: this.#mixed,
              agreement: this.#agreed / this.#mixed,
              ratioError: ratio(this.#ratioError, this.#pairs),
            },
    };
  }
}

function ratio(part: number, of: number): number | null {
  return of === 0 ? null : part / of;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
