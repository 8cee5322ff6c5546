import type { Split } from '../dataset.js';
import type { CifarBatch } from './cifarBatch.js';
import { CIFAR_HOME, type CifarKind, type CifarLayout } from './cifarKind.js';

/** What a folder or an archive held of a data set. */
export interface CifarFound {
  readonly layout: CifarLayout;
  /** In the order of the files, not of their finding. */
  readonly batches: readonly CifarBatch[];
  /** The file that names the classes, when it was met. */
  readonly meta: Uint8Array | undefined;
}

/** What to find. */
export interface CifarWanted {
  readonly kind: CifarKind;
  readonly split: Split;
  /** So many images, the first ones, or fewer if there are no more. */
  readonly limit: number;
}

/** The layout that has any of these files for the split. */
export function layoutOf(
  { kind, split }: CifarWanted,
  names: readonly string[],
): CifarLayout | undefined {
  return kind.layouts.find(({ files }) => files[split].some((file) => names.includes(file)));
}

/** The error for a place that lacks some of a layout's files; `names` is what is there instead. */
export function missingFiles(
  place: string,
  { kind, split, limit }: CifarWanted,
  layout: CifarLayout | undefined,
  names: readonly string[],
): Error {
  const { caller, title } = kind;
  const files = (layout ?? (kind.layouts[0] as CifarLayout)).files[split];
  if (names.length === 0) {
    return new Error(
      `${caller}: ${place} is empty; expected ${files.join(', ')}; put ${title}'s binary version there, ${CIFAR_HOME}`,
    );
  }
  const lacking = files.filter((file) => !names.includes(file));
  const asked = Number.isFinite(limit) ? `for ${limit} images` : 'for the whole split';
  const some = names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
  return new Error(
    `${caller}: ${place} lacks ${lacking.join(', ')}, needed ${asked}; it holds ${some}; ${wayOut(kind, files, names)}`,
  );
}

function wayOut(
  { caller, title }: CifarKind,
  files: readonly string[],
  names: readonly string[],
): string {
  const has = (...wanted: string[]) => wanted.every((name) => names.includes(name));
  if (caller === 'cifar10' && (has('train.bin', 'test.bin') || has('train', 'test'))) {
    return `that is CIFAR-100, give ${title}'s binary version, ${CIFAR_HOME}`;
  }
  if (caller === 'cifar100' && (has('data_batch_1.bin') || has('data_batch_1'))) {
    return `that is CIFAR-10, give ${title}'s binary version, ${CIFAR_HOME}`;
  }
  if (files.some((file) => has(file))) {
    return 'add the missing ones, or ask for fewer images with limit';
  }
  return `give the folder that holds them, or the archive itself, ${CIFAR_HOME}`;
}
