import { checkExample } from './checkExample.js';
import { checkDataset, type Dataset } from './dataset.js';
import type { ExampleStream } from './stream.js';

/** A data set in memory, or one that is read as it is asked for. */
export type Source = Dataset | ExampleStream;

/** Whether the examples are read as they are asked for. */
export function isStream(source: Source): source is ExampleStream {
  return typeof (source as Partial<ExampleStream>)?.open === 'function';
}

/**
 * The bytes of all images, one after the other, in the source's own order.
 *
 * @throws RangeError when there are none, or one is not of the source's shape.
 */
export async function* imagesOf(caller: string, source: Source): AsyncGenerator<Uint8Array> {
  const [height, width, channels] = source.shape;
  const size = height * width * channels;
  if (!isStream(source)) {
    checkDataset(caller, source);
    const { images } = source;
    for (let at = 0; at < images.length; at += size) yield images.subarray(at, at + size);
    return;
  }
  let none = true;
  for await (const example of source.open({ epoch: 0, seed: null })) {
    checkExample(caller, source, example);
    none = false;
    yield example.image;
  }
  if (none) throw new RangeError(`${caller}: ${source.name} gave no images`);
}
