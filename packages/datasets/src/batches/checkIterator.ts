import { createRandom } from '@bcl/random';
import { checkCount, checkDataset, isImageShape, show } from '../dataset.js';
import { checkOpen } from '../images/opening.js';
import { isStream, type Source } from '../imagesOf.js';
import { checkResident } from '../resident/checkResident.js';
import type { ExampleStream } from '../stream.js';
import type { DataIteratorOptions, DataIteratorState } from './DataIteratorOptions.js';

/** Refuses what makes no batches. Returns how many an epoch has, `null` where only reading it tells. */
export function checkIterator(source: Source, options: DataIteratorOptions): number | null {
  const { batchSize, random, dropLast = false, shard, prefetch } = options;
  if (isStream(source)) checkStream(source);
  else checkDataset('DataIterator', source);
  checkCount('DataIterator', 'batchSize', batchSize);
  if (random && typeof random.stream !== 'function') {
    throw new TypeError(
      'DataIterator: random must come from createRandom(seed), so that an epoch can be drawn again',
    );
  }
  checkOpen('DataIterator', { epoch: 0, seed: null, ...(shard && { shard }) });
  if (prefetch) {
    const { threads = 1, batches = 1 } = prefetch;
    checkCount('DataIterator', 'prefetch.threads', threads);
    checkCount('DataIterator', 'prefetch.batches', batches);
  }
  if (options.resident) checkResident(source, options);
  checkTransform(source, options);
  const examples = isStream(source) ? source.size : source.labels.length;
  const { index, count } = shard ?? { index: 0, count: 1 };
  // How a stream is parted is its own affair.
  if (examples === null || (isStream(source) && count > 1)) return null;
  const least = Math.floor(examples / count);
  if (batchSize > least) {
    const held = count > 1 ? `${least} images of a part` : `${examples} images`;
    throw new RangeError(
      `DataIterator: batchSize must be at most the ${held} of ${source.name}, got ${batchSize}; use a smaller batch or more images`,
    );
  }
  if (dropLast) return Math.floor(least / batchSize);
  return Math.ceil(Math.ceil((examples - index) / count) / batchSize);
}

/** Refuses images that augmentation and preprocessing do not make what a model is fed. */
function checkTransform(
  source: Source,
  { augment, preprocessing, random }: DataIteratorOptions,
): void {
  if (!augment) {
    preprocessing?.checkDataset(source);
    return;
  }
  if (!random && !augment.isFixed()) {
    throw new TypeError('DataIterator: augment draws, so give random: createRandom(seed) as well');
  }
  preprocessing?.checkDataset(source, augment);
  // Drawn once to see whether size and channels are what its steps are for.
  augment.draw([1, ...source.shape], createRandom(0));
}

function checkStream({ name, shape, classNames, size }: ExampleStream): void {
  if (!isImageShape(shape)) {
    throw new RangeError(
      `DataIterator: shape must be [height, width, channels], got ${JSON.stringify(shape)} from ${name}`,
    );
  }
  if (!Array.isArray(classNames) || classNames.length === 0) {
    throw new RangeError(`DataIterator: classNames must name the classes of ${name}, got none`);
  }
  if (size === 0) throw new RangeError(`DataIterator: ${name} holds no images`);
}

/** Refuses a state that is of other batches; `identity` is what ours depend on. */
export function checkState(
  state: DataIteratorState,
  identity: Partial<DataIteratorState>,
  batches: number | null,
): void {
  if (state?.version !== 1) {
    throw new RangeError(
      `restore: state must come from state() of a DataIterator, version 1, got ${JSON.stringify(state)}`,
    );
  }
  for (const [name, own] of Object.entries(identity)) {
    const theirs = state[name as keyof DataIteratorState];
    if (text(theirs) !== text(own)) {
      throw new RangeError(
        `restore: ${name} must be as it was, ${text(own)} here, got ${text(theirs)} in the state`,
      );
    }
  }
  const { epoch, batch, place } = state;
  const whole = (x: unknown) => Number.isSafeInteger(x) && (x as number) >= 0;
  if (!whole(epoch) || !whole(batch) || !whole(place)) {
    throw new RangeError(
      `restore: epoch, batch and place must be whole numbers from 0, got ${epoch}, ${batch} and ${place}`,
    );
  }
  if (batches !== null && batch >= batches) {
    throw new RangeError(`restore: batch must be below ${batches}, got ${batch}`);
  }
}

function text(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : show(value);
}
