import type { Experiment, Mistake, Recipe } from './Experiment.js';
import { cell, learnings, shortTraining } from './recipes.js';

/** BC+ as it should be, at a budget of minutes. */
const right: Recipe = {
  data: { name: 'cifar10' },
  model: { name: 'convnet' },
  ...learnings['BC+'],
  ...shortTraining(20),
};

/** The class of the larger share, which is always the first image's. */
const singleLabel: Partial<Recipe> = {
  mixer: { method: 'bc+', label: 'single', ratio: { uniform: [0.5, 1] } },
  loss: { name: 'softmaxCrossEntropy' },
};

const alone: readonly (readonly [name: string, mistake: Mistake])[] = [
  ['test images raw, scaled to 0..1', 'raw test images'],
  ['mixes made once, for all epochs', 'frozen mixes'],
  ['every image flipped', 'always flipped'],
  ['scaled by ½ and ½, not by the data', 'half-scaled'],
  ['dropout left on in the test', 'dropout in test'],
];

/** What each mistake of the report costs by itself. */
export const reportMistakes: Experiment = {
  name: 'report-mistakes',
  title: 'What goes wrong when BC+ goes wrong',
  source: 'Wong, Between-Class-Learning, 2022',
  notes: [
    'Test error in %, of the last epoch: the 11-layer ConvNet with BC+, done right, then with one mistake at a time, then with all of them. Each mistake was found in the code of a course report that reached 39 % accuracy where the paper has 95 %.',
    'None of this can be done by accident with these packages: evaluation takes the preprocessing that was saved with the model, mixes are drawn when they are needed, labels are ratios unless asked for by name, and dropout knows whether it trains.',
  ],
  trials: 3,
  cells: [
    cell({ mistake: 'none: the right way' }, right),
    ...alone.map(([name, mistake]) => cell({ mistake: name }, { ...right, mistakes: [mistake] })),
    cell({ mistake: 'single label, r in ½..1' }, { ...right, ...singleLabel }),
    cell(
      { mistake: 'all of them' },
      { ...right, ...singleLabel, mistakes: alone.map(([, mistake]) => mistake) },
    ),
    cell({ mistake: 'no mixing, for comparison' }, withoutMixing()),
  ],
};

function withoutMixing(): Recipe {
  const { mixer, ...rest } = right;
  return { ...rest, ...learnings.standard };
}
