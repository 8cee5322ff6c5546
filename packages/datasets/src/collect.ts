import { checkCount, type Dataset } from './dataset.js';
import type { ExampleStream, OpenOptions } from './stream.js';

export interface CollectOptions extends Partial<OpenOptions> {
  /** This many examples at most, the first of the order. */
  readonly limit?: number;
}

/** Bytes that one array may hold. */
const MOST_BYTES = 2 ** 32;

/**
 * Reads a stream, or its first examples, into memory.
 *
 * @param stream What `imageFolder`, `webDataset` and the like give.
 * @param options `epoch`, `seed` and so on as for `open`; by default the order of the source. Give a `seed` with a `limit`
 * where the source goes class by class, for a mixture.
 * @throws RangeError when the images would not fit into one array of 4 GiB, Error when there are none.
 *
 * @example
 * ```js
 * const some = await collect(await imageFolder('pets', { size: 32 }), { limit: 1000, seed: 1 });
 * ```
 */
export async function collect(
  stream: ExampleStream,
  options: CollectOptions = {},
): Promise<Dataset> {
  const { limit = Number.POSITIVE_INFINITY, epoch = 0, seed = null, ...rest } = options;
  if (limit !== Number.POSITIVE_INFINITY) checkCount('collect', 'limit', limit);
  const { name, shape, classNames, size } = stream;
  const pixels = shape[0] * shape[1] * shape[2];
  const room = Math.floor(MOST_BYTES / pixels);
  const expected = Math.min(limit, size ?? 64);
  if (expected > room) throw tooLarge(stream, expected);

  let images = new Uint8Array(expected * pixels);
  const labels: number[] = [];
  for await (const { image, label } of stream.open({ epoch, seed, ...rest })) {
    const at = labels.length * pixels;
    if (at === images.length) {
      if (labels.length === room) throw tooLarge(stream, room + 1);
      const larger = new Uint8Array(Math.min(2 * labels.length, room) * pixels);
      larger.set(images);
      images = larger;
    }
    images.set(image, at);
    labels.push(label);
    if (labels.length >= limit) break;
  }
  if (labels.length === 0) throw new Error(`collect: ${name} gave no examples`);
  return {
    name,
    images: trimmed(images, labels.length * pixels),
    labels: (classNames.length <= 256 ? Uint8Array : Int32Array).from(labels),
    shape,
    classNames,
  };
}

function tooLarge({ name, shape }: ExampleStream, count: number): RangeError {
  return new RangeError(
    `collect: images must fit into ${MOST_BYTES} bytes, got ${count} of [${shape.join(', ')}] from ${name}; give a limit, or train on the stream itself`,
  );
}

/** The first `length` bytes, without the memory of the others. */
function trimmed(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.length === length ? bytes : bytes.slice(0, length);
}
