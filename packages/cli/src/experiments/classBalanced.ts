import type { Cell, Experiment, Recipe } from './Experiment.js';
import { cell, learnings, nesterov, published } from './recipes.js';

const SOURCE = 'Cui et al., CVPR 2019, Table 2';

/** The script for long-tailed CIFAR: plain momentum, warm-up, the rate falls twice to a hundredth. */
const training = {
  model: { name: 'resnet32' },
  epochs: 200,
  batchSize: 128,
  augment: { padding: 4, flip: true },
  optimizer: { ...nesterov(0.1, 2e-4), nesterov: false },
  schedule: {
    name: 'warmup',
    epochs: 5,
    factor: 0,
    shape: 'linear',
    schedule: { name: 'milestones', learningRate: 0.1, at: [160 / 200, 180 / 200], factor: 0.01 },
  },
} as const satisfies Partial<Recipe>;

/** Published errors by imbalance: softmax, sigmoid, focal, and the best class-balanced loss. */
const figures: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  200: { softmax: 34.32, sigmoid: 34.51, focal: 34.71, balanced: 31.11 },
  100: { softmax: 29.64, sigmoid: 29.55, focal: 29.62, balanced: 25.43 },
  50: { softmax: 25.19, sigmoid: 23.84, focal: 23.28, balanced: 20.73 },
  20: { softmax: 17.77, sigmoid: 16.4, focal: 16.77, balanced: 15.64 },
  10: { softmax: 13.61, sigmoid: 12.97, focal: 13.19, balanced: 12.51 },
};

/** Sigmoid losses begin with the bias that says each class is rare, and let it be. */
const rareClasses: Partial<Recipe> = {
  model: { name: 'resnet32', headBias: 'prior' },
  optimizer: { ...training.optimizer, groups: [{ weights: 'fc/bias', weightDecay: 0 }] },
};

const ways: readonly (readonly [loss: string, figure: string | undefined, Partial<Recipe>])[] = [
  ['softmax', 'softmax', { loss: { name: 'softmaxCrossEntropy' } }],
  ['sigmoid', 'sigmoid', { ...rareClasses, loss: { name: 'sigmoidCrossEntropy' } }],
  ['focal, γ 1', 'focal', { ...rareClasses, loss: { name: 'focal', gamma: 1 } }],
  [
    'class-balanced focal, γ 1',
    'balanced',
    { ...rareClasses, loss: { name: 'focal', gamma: 1 }, classBalance: 0.9999 },
  ],
  [
    'class-balanced softmax',
    undefined,
    { loss: { name: 'softmaxCrossEntropy' }, classBalance: 0.9999 },
  ],
  ['BC+', undefined, learnings['BC+']],
  ['class-balanced BC+', undefined, { ...learnings['BC+'], classBalance: 0.9999 }],
];

/** Long-tailed CIFAR-10: losses that weigh classes by their effective number, and mixing. */
export const classBalanced: Experiment = {
  name: 'class-balanced',
  title: 'Class-balanced loss on long-tailed CIFAR-10',
  source: SOURCE,
  notes: [
    'Test error in %, of the last epoch, on the balanced test set; training classes fall from 5 000 images by an exponential profile. ResNet-32, 200 epochs.',
    'The published focal figure is the best of γ 0.5, 1 and 2, and the class-balanced one the best of all losses and β; ours are of one γ and one β. Published figures but those of softmax at 100 and 50 are quoted from memory of the paper and unverified.',
  ],
  trials: 3,
  cells: Object.entries(figures).flatMap(([imbalance, row]) =>
    ways.map(([loss, figure, change]): Cell => {
      const recipe: Recipe = {
        data: { name: 'cifar10', imbalance: Number(imbalance) },
        ...training,
        ...learnings.standard,
        ...change,
      };
      const error = figure && row[figure];
      return cell({ imbalance, loss }, recipe, error ? published(SOURCE, error) : undefined);
    }),
  ),
};
