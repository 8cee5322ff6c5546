import { cifar10h, type Dataset, kFold, loadDataset, longTail, subset } from '@bcl/datasets';
import { createRandom } from '@bcl/random';
import { HUMAN_FOLDS } from '../experiments/cifar10h.js';
import type { DataRecipe, ExperimentData } from '../experiments/Experiment.js';
import type { Cuts } from './plan.js';

/** Where the data sets are: names, folders or archives. */
export interface Sources extends Readonly<Record<ExperimentData, string>> {
  /** CIFAR-10H's labels. */
  readonly cifar10h: string;
}

/** What a job trains and tests on. */
export interface JobData {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** Reads what a recipe trains and tests on. */
export async function jobData(
  { name, imbalance, humanLabels }: DataRecipe,
  trial: number,
  { sources, limit, testLimit }: { sources: Sources } & Pick<Cuts, 'limit' | 'testLimit'>,
): Promise<JobData> {
  if (humanLabels) return humanFold(humanLabels, trial, sources, [limit, testLimit]);
  const train = await loadDataset(sources[name], { split: 'train', ...upTo(limit) });
  const test = await loadDataset(sources[name], { split: 'test', ...upTo(testLimit) });
  if (imbalance === undefined) return { train, test };
  const random = createRandom(trial).stream('long tail');
  return { train: longTail(train, { imbalance, random }), test };
}

/** Nine folds of CIFAR-10's test images to train on, and the other to test on; the same folds in every trial. */
async function humanFold(
  labels: 'soft' | 'hard',
  trial: number,
  sources: Sources,
  [limit, testLimit]: readonly [number | undefined, number | undefined],
): Promise<JobData> {
  const all = await cifar10h(sources.cifar10h, { images: sources.cifar10 });
  const folds = kFold(all, { folds: HUMAN_FOLDS, random: createRandom(0).stream('folds') });
  const fold = folds[(trial - 1) % HUMAN_FOLDS] as (typeof folds)[number];
  const { softLabels, ...one } = all;
  return {
    train: subset(labels === 'soft' ? all : one, fold.train.subarray(0, limit)),
    // Tested against the one class of each image, whatever was learned from.
    test: subset(one, fold.test.subarray(0, testLimit)),
  };
}

function upTo(limit: number | undefined): { limit?: number } {
  return limit === undefined ? {} : { limit };
}
