import * as tf from '@tensorflow/tfjs-core';
import { isImageShape } from './dataset.js';
import { checkOpen } from './images/opening.js';
import type { ExampleStream, OpenOptions, StreamExample } from './stream.js';

/** What is used of a `tf.data.Dataset` of single examples. */
export interface TfDataset<T> {
  iterator(): Promise<{ next(): Promise<IteratorResult<T>> }>;
  skip(count: number): TfDataset<T>;
}

/** An example of a `tf.data.Dataset`. */
export interface TfExample {
  /** `[H, W, C]`, whole numbers 0..255. */
  readonly xs: tf.TensorContainer;
  /** Class number, or a row that is largest at the class. */
  readonly ys: tf.TensorContainer;
}

export interface FromTfDataOptions {
  /** What to call it in a report. Default `'tf.data'`. */
  readonly name?: string;
  /** Height, width and channels of each image. */
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classNames: readonly string[];
  /** Examples of one epoch, where that is known. Default `null`. */
  readonly size?: number | null;
}

/**
 * Makes a `tf.data.Dataset` of single examples `{ xs, ys }` a stream, which `DataIterator` shuffles not, but batches, varies, normalises,
 * resumes and shares out. Its tensors are disposed once they are read.
 *
 * @param source The dataset, whose order is its own in every epoch, or what makes it for an epoch and a seed. The order must follow from
 * these two alone: `shuffle(bufferSize, seed)` with a seed of your own.
 * @throws RangeError from a loop over it, when an image is not of `shape`, or not of whole numbers 0..255.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs-core';
 * import { DataIterator, fromTfData } from '@bcl/datasets';
 *
 * // import * as data from '@tensorflow/tfjs-data'; const source = data.array([…]);
 * const examples = [0, 1, 1].map((label, i) => ({ xs: tf.fill([2, 2, 1], i), ys: label }));
 * const source = {
 *   skip: () => source,
 *   iterator: async () => examples[Symbol.iterator]() as unknown as AsyncIterator<(typeof examples)[0]>,
 * };
 * const stream = fromTfData(source, { shape: [2, 2, 1], classNames: ['a', 'b'] });
 * const ids = [];
 * for await (const batch of new DataIterator(stream, { batchSize: 2 })) ids.push(Array.from(batch.ids));
 * ids; // => [[0, 1], [1]]
 * ```
 */
export function fromTfData<T extends TfExample>(
  source: TfDataset<T> | ((order: Pick<OpenOptions, 'epoch' | 'seed'>) => TfDataset<T>),
  { name = 'tf.data', shape, classNames, size = null }: FromTfDataOptions,
): ExampleStream {
  if (!isImageShape(shape)) {
    throw new RangeError(
      `fromTfData: shape must be [height, width, channels], got ${JSON.stringify(shape)}`,
    );
  }
  return {
    name,
    shape,
    classNames: [...classNames],
    size,
    open(options) {
      checkOpen('fromTfData', options);
      const { epoch, seed } = options;
      const dataset = typeof source === 'function' ? source({ epoch, seed }) : source;
      return examplesOf(dataset, options, { name, shape });
    },
  };
}

async function* examplesOf<T extends TfExample>(
  dataset: TfDataset<T>,
  { skip = 0, shard = { index: 0, count: 1 } }: OpenOptions,
  described: Pick<ExampleStream, 'name' | 'shape'>,
): AsyncGenerator<StreamExample, void, undefined> {
  const { index, count } = shard;
  const passed = skip * count;
  const examples = await (passed > 0 ? dataset.skip(passed) : dataset).iterator();
  for (let at = passed; ; at++) {
    const next = await examples.next();
    if (next.done) return;
    try {
      if (at % count !== index) continue;
      const key = `${described.name} ${at}`;
      const image = await bytesOf(next.value.xs, described, key);
      const label = await classOf(next.value.ys);
      yield { image, label, key, place: Math.floor(at / count) };
    } finally {
      tf.dispose(next.value as unknown as tf.TensorContainer);
    }
  }
}

async function bytesOf(
  xs: tf.TensorContainer,
  { shape }: Pick<ExampleStream, 'shape'>,
  key: string,
): Promise<Uint8Array> {
  if (!(xs instanceof tf.Tensor) || xs.shape.join() !== shape.join()) {
    const got = xs instanceof tf.Tensor ? `[${xs.shape.join(', ')}]` : typeof xs;
    throw new RangeError(`fromTfData: xs must be [${shape.join(', ')}], got ${got} in ${key}`);
  }
  const values = await xs.data();
  const wrong = values.find((value) => !(value === (value & 255)));
  if (wrong !== undefined) {
    throw new RangeError(
      `fromTfData: xs must be whole numbers 0..255, got ${wrong} in ${key}; scale and round them`,
    );
  }
  return Uint8Array.from(values);
}

/** The class that a label names. */
async function classOf(ys: tf.TensorContainer): Promise<number> {
  if (!(ys instanceof tf.Tensor)) return Number(ys);
  const values = await ys.data();
  return values.length === 1 ? (values[0] as number) : values.indexOf(Math.max(...values));
}
