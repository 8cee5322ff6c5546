import { createRandom } from '@bcl/random';
import { CIFAR10_ARCHIVES, cifar10 } from './cifar/cifar10.js';
import { cifar10_1 } from './cifar/cifar10_1.js';
import { cifar10h } from './cifar/cifar10h.js';
import { CIFAR100_ARCHIVES, cifar100 } from './cifar/cifar100.js';
import type { Dataset, Split } from './dataset.js';
import type { DownloadOptions } from './download/download.js';
import { CIFAR10_1_FILES, CIFAR10H_PROBS, type PublishedFile } from './download/publishedFiles.js';
import { embedded } from './embedded.js';
import { kFold } from './kFold.js';
import { subset } from './subset.js';

/** What is read of a named data set. */
export interface NamedDatasetOptions extends DownloadOptions {
  readonly split: Split;
  readonly limit?: number;
}

/** A data set that can be asked for by its name alone. */
export interface NamedDataset {
  readonly name: string;
  /** What it is, in a line. */
  readonly title: string;
  /** What it is downloaded from; nothing for one that is drawn. */
  readonly files: readonly PublishedFile[];
  readonly splits: readonly Split[];
  readonly load: (options: NamedDatasetOptions) => Promise<Dataset>;
}

const BOTH = ['train', 'test'] as const;

const CIFAR10_FILE = CIFAR10_ARCHIVES.get('cifar10') as PublishedFile;

const all: readonly NamedDataset[] = [
  {
    name: 'embedded',
    title: 'ten kinds of forms, drawn by code: nothing to download',
    files: [],
    splits: BOTH,
    load: async ({ split, limit }) =>
      embedded({ split, ...(limit === undefined ? {} : { size: limit }) }),
  },
  ...Array.from(CIFAR10_ARCHIVES, ([name, file]) => ({
    name,
    title: `CIFAR-10: 60 000 photographs of 10 classes${versionOf(name)}`,
    files: [file],
    splits: BOTH,
    load: (options: NamedDatasetOptions) => cifar10(name, options),
  })),
  ...Array.from(CIFAR100_ARCHIVES, ([name, file]) => ({
    name,
    title: `CIFAR-100: 60 000 photographs of 100 classes${versionOf(name)}`,
    files: [file],
    splits: BOTH,
    load: (options: NamedDatasetOptions) => cifar100(name, options),
  })),
  {
    name: 'cifar100-coarse',
    title: 'CIFAR-100 with its 20 superclasses',
    files: [CIFAR100_ARCHIVES.get('cifar100') as PublishedFile],
    splits: BOTH,
    load: (options) => cifar100('cifar100', { ...options, labels: 'coarse' }),
  },
  {
    name: 'cifar10h',
    title:
      "CIFAR-10H: what people saw in CIFAR-10's test images; the first of ten folds to test on",
    files: [CIFAR10H_PROBS, CIFAR10_FILE],
    splits: BOTH,
    load: firstFold,
  },
  ...(['v6', 'v4'] as const).map((version) => ({
    name: `cifar10.1${version === 'v6' ? '' : '-v4'}`,
    title: `CIFAR-10.1, version ${version.slice(1)}: two thousand new test images for CIFAR-10`,
    files: CIFAR10_1_FILES[version],
    splits: ['test'] as const,
    load: (options: NamedDatasetOptions) => cifar10_1('cifar10.1', { ...options, version }),
  })),
];

/**
 * The data sets that {@link loadDataset} knows by name, and the files that they are downloaded from.
 *
 * @example
 * ```ts
 * import { namedDatasets } from '@bcl/datasets';
 *
 * namedDatasets.get('cifar10').files[0].name; // => 'cifar-10-binary.tar.gz'
 * namedDatasets.has('embedded'); // => true
 * ```
 */
export const namedDatasets: ReadonlyMap<string, NamedDataset> = new Map(
  all.map((dataset) => [dataset.name, dataset]),
);

function versionOf(name: string): string {
  return name.endsWith('-python') ? ', from its Python version' : '';
}

/** CIFAR-10H has labels for test images alone: nine of ten folds are to train on, the tenth to test on. */
async function firstFold({ split, limit, ...options }: NamedDatasetOptions): Promise<Dataset> {
  const human = await cifar10h('cifar10h', options);
  const random = createRandom('cifar10h').stream('folds');
  const [fold] = kFold(human, { folds: 10, random });
  return subset(human, fold?.[split].subarray(0, limit) ?? []);
}
