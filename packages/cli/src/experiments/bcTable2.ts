import type { Cell, Experiment, ExperimentData } from './Experiment.js';
import {
  cell,
  dataNames,
  type Learning,
  learnings,
  networks,
  type PaperNetwork,
  published,
  trainings,
} from './recipes.js';

const SOURCE = 'Tokozume et al., CVPR 2018, Table 2';

type Figures = Readonly<Record<Learning, readonly [error: number, standardError?: number]>>;

interface Row extends PaperNetwork {
  readonly data: ExperimentData;
  readonly figures: Figures;
}

const resnext29 = {
  model: 'ResNeXt-29',
  network: { name: 'resnext29', cardinality: 16, baseWidth: 64 },
  training: trainings.resnext,
};
const densenet = {
  model: 'DenseNet-BC',
  network: { name: 'densenetBC', depth: 190, growth: 40 },
  training: trainings.densenet,
};

const rows: readonly Row[] = [
  {
    ...networks.convnet,
    data: 'cifar10',
    figures: { standard: [6.07, 0.04], BC: [5.4, 0.07], 'BC+': [5.22, 0.04] },
  },
  {
    ...networks.convnet,
    data: 'cifar100',
    figures: { standard: [26.68, 0.09], BC: [24.28, 0.11], 'BC+': [23.68, 0.1] },
  },
  {
    ...networks.resnet29,
    data: 'cifar10',
    figures: { standard: [4.24, 0.06], BC: [3.75, 0.04], 'BC+': [3.55, 0.03] },
  },
  {
    ...networks.resnet29,
    data: 'cifar100',
    figures: { standard: [20.18, 0.07], BC: [19.56, 0.1], 'BC+': [19.41, 0.07] },
  },
  {
    ...resnext29,
    data: 'cifar10',
    figures: { standard: [3.54, 0.04], BC: [2.79, 0.06], 'BC+': [2.81, 0.06] },
  },
  {
    ...resnext29,
    data: 'cifar100',
    figures: { standard: [16.99, 0.06], BC: [18.21, 0.12], 'BC+': [17.93, 0.09] },
  },
  {
    ...densenet,
    data: 'cifar10',
    figures: { standard: [3.61, 0.1], BC: [2.68, 0.03], 'BC+': [2.57, 0.06] },
  },
  {
    ...densenet,
    data: 'cifar100',
    figures: { standard: [17.28, 0.12], BC: [16.36, 0.1], 'BC+': [16.23, 0.07] },
  },
  {
    model: 'Shake-Shake',
    network: { name: 'shakeShake', width: 96 },
    training: trainings.shakeShake,
    data: 'cifar10',
    figures: { standard: [2.86], BC: [2.38, 0.04], 'BC+': [2.26, 0.01] },
  },
  {
    model: 'Shake-Shake',
    network: { name: 'shakeShake29', backward: 'even' },
    training: trainings.shakeShake100,
    data: 'cifar100',
    figures: { standard: [15.85], BC: [15.9, 0.06], 'BC+': [16.0, 0.1] },
  },
];

/** The main table of the CVPR paper: five networks on CIFAR-10 and CIFAR-100. */
export const bcTable2: Experiment = {
  name: 'bc-table2',
  title: 'Between-class learning for image classification, Table 2',
  source: SOURCE,
  notes: [
    'Test error in %, of the last epoch. The paper runs 10 trials of the 11-layer CNN and ResNet-29 and 5 of the others; the Shake-Shake figures of standard learning are those of its own paper.',
    'On CIFAR-100, BC and BC+ make ResNeXt-29 and Shake-Shake slightly worse.',
  ],
  trials: 5,
  cells: rows.flatMap((row) =>
    (Object.keys(learnings) as Learning[]).map((one) => cellOf(row, one)),
  ),
};

function cellOf({ model, data, network, training, figures }: Row, learning: Learning): Cell {
  return cell(
    { model, data: dataNames[data], learning },
    { data: { name: data }, model: network, ...training, ...learnings[learning] },
    published(SOURCE, ...figures[learning]),
  );
}
