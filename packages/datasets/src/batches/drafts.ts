import { checkExample } from '../checkExample.js';
import type { Dataset } from '../dataset.js';
import { places } from '../images/opening.js';
import { type Labels, labelsOf, oneHot } from '../labelsOf.js';
import type { ExampleStream, OpenOptions, StreamExample } from '../stream.js';
import type { ImagePool } from './normalizeImages.js';

/** The examples of a batch, before their images are prepared. */
export interface Draft extends Labels {
  /** Place of the batch in its epoch, from 0. */
  readonly batch: number;
  /** How many places of the epoch's order it and the batches before it took: where to go on after it. */
  readonly place: number;
  /** Whether it is the epoch's last one. */
  readonly last: boolean;
  readonly pool: ImagePool;
  /** Which examples these are, `[B]`. */
  readonly indices: Int32Array;
  readonly keys?: readonly string[];
}

export interface DraftOptions extends OpenOptions {
  readonly batchSize: number;
  readonly dropLast: boolean;
  /** The first batch. */
  readonly batch: number;
}

/** The batches of an epoch of a data set, or what is left of them. */
export async function* datasetDrafts(
  dataset: Dataset,
  options: DraftOptions,
): AsyncGenerator<Draft, void, undefined> {
  const { batchSize, dropLast, skip = 0 } = options;
  const { images: data, labels, shape } = dataset;
  const order = Int32Array.from(places(labels.length, options), ([, example]) => example);
  // As many batches for each part, so that processes that wait for each other all go on.
  const least = Math.floor(labels.length / (options.shard?.count ?? 1));
  const end = dropLast ? least - (least % batchSize) - skip : order.length;
  let { batch } = options;
  for (let at = 0; at < end; at += batchSize) {
    const indices = order.slice(at, at + batchSize);
    const place = skip + at + indices.length;
    const last = at + batchSize >= end;
    const pool = { data, indices, shape };
    yield {
      batch: batch++,
      place,
      last,
      pool,
      indices,
      ...labelsOf('DataIterator', dataset, indices),
    };
  }
}

/**
 * The same of a stream. One batch is read ahead, so that the last one is known to be it.
 *
 * @throws RangeError when an example is not what the stream says, or the whole epoch holds none.
 */
export async function* streamDrafts(
  stream: ExampleStream,
  options: DraftOptions,
): AsyncGenerator<Draft, void, undefined> {
  const { batchSize, dropLast, batch: first, epoch, seed, skip = 0, shard } = options;
  let batch = first;
  let examples: StreamExample[] = [];
  let ready: Draft | undefined;
  for await (const example of stream.open({ epoch, seed, skip, ...(shard && { shard }) })) {
    checkExample('DataIterator', stream, example);
    examples.push(example);
    if (examples.length < batchSize) continue;
    if (ready) yield ready;
    ready = draftOf(stream, examples, batch++);
    examples = [];
  }
  if (examples.length > 0 && !dropLast) {
    if (ready) yield ready;
    ready = draftOf(stream, examples, batch++);
  }
  if (ready) yield { ...ready, last: true };
  else if (skip === 0 && (shard?.count ?? 1) === 1) {
    const wanted = dropLast ? `${batchSize} images, a batch` : 'at least one image';
    throw new RangeError(
      `DataIterator: an epoch must hold ${wanted}, got ${examples.length} from ${stream.name}`,
    );
  }
}

function draftOf(
  { shape, classNames }: ExampleStream,
  examples: readonly StreamExample[],
  batch: number,
): Draft {
  const size = shape[0] * shape[1] * shape[2];
  const data = new Uint8Array(examples.length * size);
  examples.forEach(({ image }, b) => {
    data.set(image, b * size);
  });
  const ids = Int32Array.from(examples, ({ label }) => label);
  const indices = Int32Array.from(examples, ({ place }) => place);
  return {
    batch,
    place: (indices.at(-1) ?? 0) + 1,
    last: false,
    pool: { data, indices: Int32Array.from(ids, (_, b) => b), shape },
    ids,
    rows: oneHot(ids, classNames.length),
    indices,
    keys: examples.map(({ key }) => key),
  };
}
