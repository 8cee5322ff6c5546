import type { RunSettings } from '../run/RunConfig.js';

/** Settings of a run that tests nothing by them. */
export const settings: RunSettings = {
  data: { source: 'tiny' },
  model: { name: 'tiny' },
  method: 'bc+',
  label: 'ratio',
  training: {
    epochs: 2,
    batchSize: 16,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    schedule: { name: 'constant', learningRate: 0.1 },
    augment: false,
  },
  seed: 1,
  backend: 'wasm',
  threads: 1,
};
