import type { Experiment, ExperimentData, Recipe } from './Experiment.js';
import { cell, dataNames, learnings, published, type Training, trainings } from './recipes.js';

const SOURCE = 'Tokozume et al., CVPR 2018, Table 3';

const rows: readonly {
  model: string;
  network: Recipe['model'];
  training: Training;
  data: ExperimentData;
  figures: Readonly<Record<'standard' | 'BC', number>>;
}[] = [
  {
    model: '11-layer CNN',
    network: { name: 'convnet' },
    training: trainings.convnet,
    data: 'cifar10',
    figures: { standard: 9.68, BC: 8.38 },
  },
  {
    model: '11-layer CNN',
    network: { name: 'convnet' },
    training: trainings.convnet,
    data: 'cifar100',
    figures: { standard: 33.04, BC: 31.0 },
  },
  {
    model: 'ResNet-29',
    network: { name: 'resnet29' },
    training: trainings.resnext,
    data: 'cifar10',
    figures: { standard: 8.38, BC: 7.69 },
  },
  {
    model: 'ResNet-29',
    network: { name: 'resnet29' },
    training: trainings.resnext,
    data: 'cifar100',
    figures: { standard: 31.36, BC: 30.79 },
  },
];

/** Without flips and crops: what mixing does alone. */
export const bcTable3: Experiment = {
  name: 'bc-table3',
  title: 'Between-class learning without other augmentation, Table 3',
  source: SOURCE,
  notes: ['Test error in %, of the last epoch, 10 trials in the paper. No flip and no crop.'],
  trials: 10,
  cells: rows.flatMap(({ model, network, training, data, figures }) =>
    (['standard', 'BC'] as const).map((learning) =>
      cell(
        { model, data: dataNames[data], learning },
        {
          data: { name: data },
          model: network,
          ...training,
          ...learnings[learning],
          augment: false,
        },
        published(SOURCE, figures[learning]),
      ),
    ),
  ),
};
