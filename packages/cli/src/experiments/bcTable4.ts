import type { Cell, Experiment, ExperimentData, Recipe } from './Experiment.js';
import { cell, dataNames, learnings, published, trainings } from './recipes.js';

const SOURCE = 'Tokozume et al., CVPR 2018, Table 4';

/** How a row learns, and the paper's error on CIFAR-10 and CIFAR-100. */
interface Row {
  readonly comparison: string;
  readonly setting: string;
  readonly change: Pick<Recipe, 'preprocessing' | 'mixer' | 'loss'> & Partial<Recipe>;
  readonly figures: readonly [cifar10: number, cifar100: number];
}

const bc = learnings.BC;
const bcPlus = learnings['BC+'];
const mixedBy = (mixer: NonNullable<Recipe['mixer']>, preprocessing: Recipe['preprocessing']) => ({
  ...bcPlus,
  preprocessing,
  mixer,
});
const classes = (of: NonNullable<NonNullable<Recipe['mixer']>['classes']>) =>
  mixedBy({ method: 'bc+', classes: of }, 'bc+');
const single = { ...bcPlus, mixer: { method: 'bc+', label: 'single' } } as const;

const rows: readonly Row[] = [
  { comparison: 'mixing', setting: 'none (BC)', change: bc, figures: [5.4, 24.28] },
  {
    comparison: 'mixing',
    setting: 'a',
    change: mixedBy({ method: { zeroMean: true } }, 'bc+'),
    figures: [5.45, 24.25],
  },
  {
    comparison: 'mixing',
    setting: 'a+b',
    change: mixedBy({ method: { zeroMean: true, keepEnergy: true } }, 'bc+'),
    figures: [5.17, 23.72],
  },
  { comparison: 'mixing', setting: 'a+b+c (BC+)', change: bcPlus, figures: [5.22, 23.68] },
  {
    comparison: 'mixing',
    setting: 'b+c',
    change: mixedBy({ method: { keepEnergy: true, balance: true } }, 'bc'),
    figures: [5.26, 23.98],
  },
  {
    comparison: 'label',
    setting: 'single',
    change: { ...single, loss: { name: 'softmaxCrossEntropy' } },
    figures: [6.35, 27.28],
  },
  {
    comparison: 'label',
    setting: 'multi',
    change: {
      ...bcPlus,
      mixer: { method: 'bc+', label: 'multi' },
      loss: { name: 'sigmoidCrossEntropy' },
    },
    figures: [6.05, 26.31],
  },
  { comparison: 'label', setting: 'ratio', change: bcPlus, figures: [5.22, 23.68] },
  { comparison: 'classes', setting: 'N = 1', change: classes('same'), figures: [5.98, 26.01] },
  { comparison: 'classes', setting: 'N = 1 or 2', change: classes('any'), figures: [5.31, 23.79] },
  { comparison: 'classes', setting: 'N = 2', change: bcPlus, figures: [5.22, 23.68] },
  {
    comparison: 'classes',
    setting: 'N = 2 or 3',
    change: classes('2 or 3'),
    figures: [5.15, 23.78],
  },
  { comparison: 'classes', setting: 'N = 3', change: classes(3), figures: [5.32, 24.2] },
  { comparison: 'where', setting: 'input', change: bc, figures: [5.4, 24.28] },
  ...(
    [
      ['pool1', 5.74, 24.09],
      ['pool2', 6.52, 25.38],
      ['pool3', 6.05, 27.4],
      ['fc4', 6.05, 26.7],
      ['fc5', 6.12, 25.99],
    ] as const
  ).map(([layer, ...figures]) => ({
    comparison: 'where',
    setting: layer,
    // fc4 and fc5 end with their dropout.
    change: { ...bc, mixAfter: layer.startsWith('fc') ? `${layer}.dropout` : layer },
    figures,
  })),
  {
    comparison: 'standard learning',
    setting: 'no mixing',
    change: learnings.standard,
    figures: [6.07, 26.68],
  },
];

/** What each part of BC+ is worth, on the 11-layer CNN. */
export const bcTable4: Experiment = {
  name: 'bc-table4',
  title: 'Between-class learning: ablations of the 11-layer CNN, Table 4',
  source: SOURCE,
  notes: [
    'Test error in %, of the last epoch, 10 trials in the paper. a: each image loses its mean; b: the energy is kept; c: the shares are balanced by the standard deviations. What is not said of a row is as in BC+.',
    'How the paper draws three ratios is not given; here they are uniform over all triples that sum to 1. Mixed at a layer, examples have their partner in the same batch.',
  ],
  trials: 10,
  cells: (['cifar10', 'cifar100'] as const).flatMap((data) => rows.map((row) => cellOf(row, data))),
};

function cellOf({ comparison, setting, change, figures }: Row, data: ExperimentData): Cell {
  const figure = figures[data === 'cifar10' ? 0 : 1];
  return cell(
    { comparison, setting, data: dataNames[data] },
    { data: { name: data }, model: { name: 'convnet' }, ...trainings.convnet, ...change },
    published(SOURCE, figure),
  );
}
