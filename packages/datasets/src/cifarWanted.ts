import { CIFAR_HOME, type CifarPart } from './cifarRecords.js';
import type { Split } from './dataset.js';

/** The file that names the classes, one a line. */
export const META_FILE = 'batches.meta.txt';

/** The files of each split, in their order. */
export const CIFAR_FILES: Record<Split, readonly string[]> = {
  train: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`),
  test: ['test_batch.bin'],
};

/** What a folder or an archive held of the files asked for. */
export interface CifarFound {
  /** In the order of the files, not of their finding. */
  readonly parts: readonly CifarPart[];
  /** Text of {@link META_FILE}, when it was there. */
  readonly meta: string | undefined;
}

/** The error for a place that lacks some of `files`; `names` is what is there instead. */
export function missingFiles(
  place: string,
  files: readonly string[],
  limit: number,
  names: readonly string[],
): Error {
  if (names.length === 0) {
    return new Error(
      `cifar10: ${place} is empty; expected ${files.join(', ')}; put CIFAR-10's binary version there, ${CIFAR_HOME}`,
    );
  }
  const lacking = files.filter((file) => !names.includes(file));
  const asked = Number.isFinite(limit) ? `for ${limit} images` : 'for the whole split';
  const some = names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
  return new Error(
    `cifar10: ${place} lacks ${lacking.join(', ')}, needed ${asked}; it holds ${some}; ${wayOut(files, names)}`,
  );
}

function wayOut(files: readonly string[], names: readonly string[]): string {
  if (names.includes('train.bin') && names.includes('test.bin')) {
    return `that is CIFAR-100, give CIFAR-10's binary version, ${CIFAR_HOME}`;
  }
  if (names.includes('data_batch_1')) {
    return `that is CIFAR-10's Python version, give its binary version, ${CIFAR_HOME}`;
  }
  if (names.includes(files[0] as string)) {
    return `add the missing ones, or ask for fewer images with limit`;
  }
  return `give the folder that holds them, or the archive itself, ${CIFAR_HOME}`;
}
