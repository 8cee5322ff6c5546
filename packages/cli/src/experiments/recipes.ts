import type { OptimizerConfig, PublishedError } from '@bcl/trainer';
import type { Cell, ExperimentData, Recipe } from './Experiment.js';

/** The ways of learning that the papers compare. */
export type Learning = 'standard' | 'BC' | 'BC+';

/** What learning changes in a recipe. Losses and preprocessing as in the authors' code. */
export const learnings: Readonly<
  Record<Learning, Pick<Recipe, 'preprocessing' | 'mixer' | 'loss'>>
> = {
  standard: { preprocessing: 'standard', loss: { name: 'softmaxCrossEntropy' } },
  BC: { preprocessing: 'bc', mixer: { method: 'bc' }, loss: { name: 'klDivergence' } },
  'BC+': { preprocessing: 'bc+', mixer: { method: 'bc+' }, loss: { name: 'klDivergence' } },
};

/** Flip, and crop after padding by 4 zeros: fb.resnet.torch, which all of the papers use. */
const AUGMENT = { padding: 4, flip: true } as const;

/** Nesterov's momentum in the form and with the settings of the BC papers. */
export function nesterov(learningRate: number, weightDecay = 5e-4): OptimizerConfig {
  return { name: 'sgd', learningRate, momentum: 0.9, nesterov: true, weightDecay };
}

/** The part of a recipe that says how long and how fast. */
export type Training = Pick<Recipe, 'epochs' | 'batchSize' | 'augment' | 'optimizer' | 'schedule'>;

/** A network as a table has it. */
export interface PaperNetwork {
  /** Its name in the table. */
  readonly model: string;
  readonly network: Recipe['model'];
  readonly training: Training;
}

/** How the papers train each network, mil-tokyo/bc_learning_image and section 4 of the CVPR paper. */
export const trainings: Readonly<
  Record<'convnet' | 'resnext' | 'densenet' | 'shakeShake' | 'shakeShake100', Training>
> = {
  /** 250 epochs, a tenth of the rate after each of 100, 150 and 200. */
  convnet: {
    epochs: 250,
    batchSize: 128,
    augment: AUGMENT,
    // By Chainer, whose Nesterov step is another.
    optimizer: { ...nesterov(0.1), nesterov: 'chainer' },
    schedule: { name: 'milestones', learningRate: 0.1, at: [0.4, 0.6, 0.8], factor: 0.1 },
  },
  /** ResNeXt's 300 epochs, and 75 more at a further tenth of the rate. */
  resnext: {
    epochs: 375,
    batchSize: 128,
    augment: AUGMENT,
    optimizer: nesterov(0.1),
    schedule: {
      name: 'milestones',
      learningRate: 0.1,
      at: [147 / 375, 222 / 375, 300 / 375],
      factor: 0.1,
    },
  },
  /** DenseNet's 300 epochs and 75 more. */
  densenet: {
    epochs: 375,
    batchSize: 64,
    augment: AUGMENT,
    optimizer: nesterov(0.1, 1e-4),
    schedule: {
      name: 'milestones',
      learningRate: 0.1,
      at: [150 / 375, 225 / 375, 300 / 375],
      factor: 0.1,
    },
  },
  /** Shake-Shake's 1800 epochs on one device, for CIFAR-10. */
  shakeShake: {
    epochs: 1800,
    batchSize: 64,
    augment: AUGMENT,
    optimizer: nesterov(0.1, 1e-4),
    schedule: { name: 'cosine', learningRate: 0.1, minimum: 0 },
  },
  /** The same for CIFAR-100. */
  shakeShake100: {
    epochs: 1800,
    batchSize: 32,
    augment: AUGMENT,
    optimizer: nesterov(0.025, 5e-4),
    schedule: { name: 'cosine', learningRate: 0.025, minimum: 0 },
  },
};

/** The networks of the CVPR paper's tables by their names there, each with its training. */
export const networks: Readonly<Record<'convnet' | 'resnet29', PaperNetwork>> = {
  convnet: {
    model: '11-layer CNN',
    network: { name: 'convnet' },
    training: trainings.convnet,
  },
  resnet29: {
    model: 'ResNet-29',
    network: { name: 'resnet29' },
    training: trainings.resnext,
  },
};

/** How short runs are trained here, done right; theirs are none of a paper's settings but the epochs. */
export function shortTraining(epochs: number): Training {
  return {
    epochs,
    batchSize: 64,
    augment: AUGMENT,
    optimizer: nesterov(0.02),
    schedule: { name: 'cosine', learningRate: 0.02, minimum: 0 },
  };
}

/** How the tables call the data sets. */
export const dataNames: Readonly<Record<ExperimentData, string>> = {
  cifar10: 'CIFAR-10',
  cifar100: 'CIFAR-100',
};

/** A cell whose id is made of its settings. */
export function cell(
  settings: Readonly<Record<string, string>>,
  recipe: Recipe,
  published?: PublishedError,
): Cell {
  const id = Object.values(settings)
    .map((value) =>
      value
        .toLowerCase()
        .replaceAll('+', 'plus')
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, ''),
    )
    .join('_');
  return { id, settings, recipe, ...(published ? { published } : {}) };
}

/** What a paper's table says. */
export function published(source: string, error: number, standardError?: number): PublishedError {
  return { error, source, ...(standardError === undefined ? {} : { standardError }) };
}
