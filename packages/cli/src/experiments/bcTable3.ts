import type { Experiment, ExperimentData } from './Experiment.js';
import { cell, dataNames, learnings, networks, type PaperNetwork, published } from './recipes.js';

const SOURCE = 'Tokozume et al., CVPR 2018, Table 3';

interface Row extends PaperNetwork {
  readonly data: ExperimentData;
  readonly figures: Readonly<Record<'standard' | 'BC', number>>;
}

const rows: readonly Row[] = [
  { ...networks.convnet, data: 'cifar10', figures: { standard: 9.68, BC: 8.38 } },
  { ...networks.convnet, data: 'cifar100', figures: { standard: 33.04, BC: 31.0 } },
  { ...networks.resnet29, data: 'cifar10', figures: { standard: 8.38, BC: 7.69 } },
  { ...networks.resnet29, data: 'cifar100', figures: { standard: 31.36, BC: 30.79 } },
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
