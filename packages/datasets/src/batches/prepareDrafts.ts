import type { SeededRandom } from '@bcl/random';
import type * as tf from '@tensorflow/tfjs-core';
import type { Augmentation } from '../augment/compose.js';
import { sizeAfter } from '../augment/planSteps.js';
import { mapOrdered } from '../images/mapOrdered.js';
import type { ResidentImages } from '../resident/ResidentImages.js';
import type { PrefetchOptions } from './DataIteratorOptions.js';
import type { Draft } from './drafts.js';
import { type ImagePool, newFloats } from './normalizeImages.js';
import { PreparePool } from './PreparePool.js';
import { prepareImages, type Transform } from './prepareImages.js';
import { sharedBytes } from './sharedBytes.js';
import { imageTensor, type TensorMemory, tensorMemory } from './tensorMemory.js';

/** A batch whose images are ready: `[B, H, W, C]`, the taker's. */
export interface Prepared {
  readonly draft: Draft;
  readonly xs: tf.Tensor4D;
}

/** What a batch draws from. */
export type Chance = (batch: number) => SeededRandom | undefined;

type Drafts = AsyncGenerator<Draft, void, undefined>;

/** Prepares batches in this thread, as they are asked for. */
export async function* prepareHere(
  drafts: Drafts,
  transform: Transform,
  chance: Chance,
): AsyncGenerator<Prepared, void, undefined> {
  for await (const draft of drafts) {
    let memory: TensorMemory | undefined;
    const images = prepareImages(draft.pool, transform, chance(draft.batch), (shape) => {
      memory = tensorMemory(shape);
      return memory?.data ?? newFloats(shape);
    });
    yield { draft, xs: memory?.tensor ?? imageTensor(images, false) };
  }
}

/** Has batches prepared on the device, as they are asked for. */
export async function* prepareResident(
  drafts: Drafts,
  resident: ResidentImages,
  augment: Augmentation | undefined,
  chance: Chance,
): AsyncGenerator<Prepared, void, undefined> {
  for await (const draft of drafts) {
    const random = chance(draft.batch);
    const options = { ...(augment && { augment }), ...(random && { random }) };
    yield { draft, xs: resident.readImages(draft.indices, options) };
  }
}

interface AheadOptions extends PrefetchOptions {
  readonly batchSize: number;
  readonly shape: ImagePool['shape'];
  /** Those of a whole set; a stream's come with the drafts. */
  readonly images: Uint8Array | undefined;
}

/** Prepares batches ahead, on threads that live as long as the loop. */
export async function* prepareAhead(
  drafts: Drafts,
  transform: Transform,
  chance: Chance,
  { threads = 1, batches = 2 * threads, batchSize, shape, images }: AheadOptions,
): AsyncGenerator<Prepared, void, undefined> {
  const [height, width] = sizeAfter(transform.steps, [shape[0], shape[1]]);
  const bytes = 4 * batchSize * height * width * shape[2];
  // One for each batch on its way, and one for that which is being taken.
  const slots = Array.from({ length: batches + 1 }, () => new SharedArrayBuffer(bytes));
  const free = slots.map((_, slot) => slot);
  const set = images && sharedBytes(images);
  const pool = new PreparePool(threads, { transform, shape, images: set, slots });
  try {
    const ready = mapOrdered(drafts, batches, async (draft) => {
      const slot = free.pop() as number;
      const seed = chance(draft.batch)?.seed;
      const size = await pool.prepare({ slot, seed, ...taskOf(draft.pool, set) });
      return { draft, slot, size };
    });
    for await (const { draft, slot, size } of ready) {
      const [count, rows, columns, channels] = size;
      const data = new Float32Array(
        slots[slot] as SharedArrayBuffer,
        0,
        count * rows * columns * channels,
      );
      const xs = imageTensor({ data, shape: size }, true);
      free.push(slot);
      yield { draft, xs };
    }
  } finally {
    await pool.close();
  }
}

/** Which images of the set, or these themselves. */
function taskOf({ data, indices }: ImagePool, set: Uint8Array | undefined) {
  return { indices, bytes: set ? undefined : (data as Uint8Array) };
}
