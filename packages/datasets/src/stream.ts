/** One labelled image of an {@link ExampleStream}. */
export interface StreamExample {
  /** `H · W · C` bytes, 0..255, of the stream's shape; the receiver's to keep. */
  readonly image: Uint8Array;
  /** Class number, 0 .. `classNames.length` − 1. */
  readonly label: number;
  /** What the example is called at its source, such as `cat/0017.jpg`. */
  readonly key: string;
  /**
   * Its place in the order that was opened, from 0. Examples that could not be read and were left out keep
   * theirs, so there may be gaps. To go on after this example, open with `skip: place + 1`.
   */
  readonly place: number;
}

/** One of several processes that share the examples of an epoch. */
export interface Shard {
  /** Which one, 0 .. `count` − 1. */
  readonly index: number;
  /** How many there are. */
  readonly count: number;
}

export interface OpenOptions {
  /** Which pass over the examples, from 0: each has an order of its own. */
  readonly epoch: number;
  /** What the order follows from; `null` keeps the order of the source, the same in every epoch. */
  readonly seed: number | string | null;
  /** Leaves out this many places at the start, cheaply where the source allows. Default 0. */
  readonly skip?: number;
  /** Gives one part of the examples; together the parts give each once. Default the whole. */
  readonly shard?: Shard;
}

/**
 * Labelled images that need not fit into memory: an epoch of them at a time, read as they are asked for.
 *
 * The same `epoch`, `seed` and `shard` always give the same examples in the same order, on every machine and
 * however many threads read. `skip` gives what comes after the first `skip` places of that order. All parts
 * of an epoch, `shard: { index: 0 .. count − 1, count }`, hold each example once.
 *
 * An iteration holds a bounded number of examples, reads ahead of its consumer no further than that, and
 * frees its files and threads when it ends, fails or is left. Several may run at once.
 */
export interface ExampleStream {
  /** What to call it in a report. */
  readonly name: string;
  /** Height, width and channels of each image. */
  readonly shape: readonly [height: number, width: number, channels: number];
  /** The place of a class in this list is its number. */
  readonly classNames: readonly string[];
  /** Examples of one epoch, unreadable ones included, or `null` where only reading them all would tell. */
  readonly size: number | null;
  /**
   * Starts an epoch, or goes on inside one.
   *
   * @throws RangeError when an option is out of range.
   */
  open(options: OpenOptions): AsyncIterable<StreamExample>;
}
