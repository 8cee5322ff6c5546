import type { Split } from '../dataset.js';

/** Sides and channels of a CIFAR image. */
export const CIFAR_SHAPE = [32, 32, 3] as const;

/** Bytes of one channel of an image, 32 × 32. */
export const PLANE: number = 32 * 32;

/** Bytes of one image. */
export const IMAGE_BYTES: number = 3 * PLANE;

/** Where both data sets are to be had; errors point there. */
export const CIFAR_HOME = 'https://www.cs.toronto.edu/~kriz/cifar.html';

/** One of the labels that an image has. */
interface CifarLabel {
  /** What it is called in messages, an adjective with its space, or nothing where there is but one. */
  readonly title: string;
  readonly classNames: readonly string[];
  /** The entry of a pickle with these labels, and the one of the meta pickle with their names. */
  readonly key: string;
  readonly namesKey: string;
  /** The file of a binary version that names them, one a line. */
  readonly namesFile: string;
}

/** The files of one version of a data set. */
export interface CifarLayout {
  readonly version: 'binary' | 'python';
  /** The folder that the official archive unpacks to. */
  readonly folder: string;
  /** The files of each split, in their order. */
  readonly files: Readonly<Record<Split, readonly string[]>>;
  /** The file that names the classes. */
  readonly meta: string;
}

/** What sets CIFAR-10 and CIFAR-100 apart for the code that reads both. */
export interface CifarKind {
  /** The function that reads it; it begins the messages. */
  readonly caller: 'cifar10' | 'cifar100';
  /** The name of the set in prose. */
  readonly title: string;
  /** The labels of a record, in their order; each is one byte. */
  readonly labels: readonly CifarLabel[];
  /** Which of them is asked for. */
  readonly label: CifarLabel;
  readonly layouts: readonly CifarLayout[];
}

/** Bytes of a record: the labels, then the red, the green and the blue plane. */
export function recordBytes({ labels }: CifarKind): number {
  return labels.length + IMAGE_BYTES;
}

const CIFAR10_LABEL: CifarLabel = {
  title: '',
  classNames: 'airplane automobile bird cat deer dog frog horse ship truck'.split(' '),
  key: 'labels',
  namesKey: 'label_names',
  namesFile: 'batches.meta.txt',
};

/** CIFAR-10. */
export const CIFAR10: CifarKind = {
  caller: 'cifar10',
  title: 'CIFAR-10',
  labels: [CIFAR10_LABEL],
  label: CIFAR10_LABEL,
  layouts: [
    {
      version: 'binary',
      folder: 'cifar-10-batches-bin',
      files: {
        train: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`),
        test: ['test_batch.bin'],
      },
      meta: CIFAR10_LABEL.namesFile,
    },
    {
      version: 'python',
      folder: 'cifar-10-batches-py',
      files: { train: [1, 2, 3, 4, 5].map((i) => `data_batch_${i}`), test: ['test_batch'] },
      meta: 'batches.meta',
    },
  ],
};

const COARSE: CifarLabel = {
  title: 'coarse ',
  // In the order of their numbers, as in coarse_label_names.txt.
  classNames:
    `aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices
    household_furniture insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes
    large_omnivores_and_herbivores medium_mammals non-insect_invertebrates people reptiles small_mammals trees
    vehicles_1 vehicles_2`.split(/\s+/),
  key: 'coarse_labels',
  namesKey: 'coarse_label_names',
  namesFile: 'coarse_label_names.txt',
};

const FINE: CifarLabel = {
  title: 'fine ',
  // In the order of their numbers, as in fine_label_names.txt.
  classNames:
    `apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly
    camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur
    dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion lizard
    lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear
    pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea seal shark
    shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone
    television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm`.split(
      /\s+/,
    ),
  key: 'fine_labels',
  namesKey: 'fine_label_names',
  namesFile: 'fine_label_names.txt',
};

/** CIFAR-100 with its hundred fine or its twenty coarse classes. */
export function cifar100Kind(labels: 'fine' | 'coarse'): CifarKind {
  const label = labels === 'fine' ? FINE : COARSE;
  return {
    caller: 'cifar100',
    title: 'CIFAR-100',
    labels: [COARSE, FINE],
    label,
    layouts: [
      {
        version: 'binary',
        folder: 'cifar-100-binary',
        files: { train: ['train.bin'], test: ['test.bin'] },
        meta: label.namesFile,
      },
      {
        version: 'python',
        folder: 'cifar-100-python',
        files: { train: ['train'], test: ['test'] },
        meta: 'meta',
      },
    ],
  };
}
