import { join } from 'node:path';
import type { ExampleStream, OpenOptions } from '../stream.js';
import { decodeAll, type Encoded, type ReadingOptions } from './decodeAll.js';
import type { ImageDecoder } from './imageDecoder.js';
import type { ImageList } from './listImages.js';
import { checkOpen, places } from './opening.js';

interface Listed extends ImageList {
  /** Begins messages. */
  readonly caller: string;
  readonly name: string;
  /** What the keys are paths from. */
  readonly folder: string;
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classNames: readonly string[];
  readonly decode: ImageDecoder;
  readonly reading: ReadingOptions;
}

/** The stream of images that are listed. */
export function streamOf(listed: Listed): ExampleStream & { readonly size: number } {
  const { caller, name, shape, classNames, keys, decode, reading } = listed;
  return {
    name,
    shape,
    classNames: [...classNames],
    size: keys.length,
    open(options) {
      checkOpen(caller, options);
      return decodeAll(caller, encoded(listed, options), decode, reading);
    },
  };
}

async function* encoded(
  { folder, keys, labels }: Listed,
  options: OpenOptions,
): AsyncGenerator<Encoded, void, undefined> {
  for (const [place, i] of places(keys.length, options)) {
    const key = keys[i] as string;
    const image = join(folder, key);
    yield { key, place, where: image, read: () => ({ image, label: labels[i] as number }) };
  }
}
