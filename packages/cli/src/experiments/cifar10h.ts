import type { Cell, Experiment, Recipe } from './Experiment.js';
import { cell, learnings, shortTraining } from './recipes.js';

/** Folds of the test set: trial n trains on the others and tests on fold n. */
export const HUMAN_FOLDS = 10;

const ways: readonly (readonly [labels: string, human: 'soft' | 'hard', Partial<Recipe>])[] = [
  ['one class each', 'hard', learnings.standard],
  ["people's votes", 'soft', { ...learnings.standard, loss: { name: 'klDivergence' } }],
  ['BC+ of one class each', 'hard', learnings['BC+']],
  ["BC+ of people's votes", 'soft', learnings['BC+']],
];

/** Learning from what people said of each image, and from mixes. */
export const cifar10h: Experiment = {
  name: 'cifar-10h',
  title: "CIFAR-10H: learning from people's votes",
  source: 'Peterson et al., ICCV 2019',
  notes: [
    'Test error in %, of the last epoch. The labels of CIFAR-10H cover the test set of CIFAR-10 alone, so that both training and test images are of it: ten folds, of which each trial leaves one out to test on. The network is the 11-layer ConvNet.',
    'The tables of the paper were not at hand: there is no published figure beside ours.',
  ],
  trials: HUMAN_FOLDS,
  cells: ways.map(
    ([labels, humanLabels, change]): Cell =>
      cell(
        { labels },
        {
          data: { name: 'cifar10', humanLabels },
          model: { name: 'convnet' },
          ...shortTraining(100),
          ...learnings.standard,
          ...change,
        },
      ),
  ),
};
