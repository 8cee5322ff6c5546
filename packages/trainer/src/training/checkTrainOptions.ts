import type { Dataset, Preprocessing } from '@bcl/datasets';
import type { Progress } from './progress.js';
import type { TrainOptions } from './TrainOptions.js';

/** Throws when a training cannot go as asked, before anything has begun. */
export function checkTrainOptions(
  trainSet: Dataset,
  preprocessing: Preprocessing,
  progress: Progress,
  {
    epochs,
    batchSize = 128,
    mixer,
    test,
    testEvery = 1,
    augment,
    threads = 1,
    stepsAhead = 0,
  }: TrainOptions,
): void {
  positive('epochs', epochs);
  positive('batchSize', batchSize);
  positive('testEvery', testEvery);
  if (threads !== 'auto') positive('threads', threads);
  if (!Number.isInteger(stepsAhead) || stepsAhead < 0) {
    throw new RangeError(
      `ModelManager.train: stepsAhead must be a whole number from 0 up, got ${stepsAhead}`,
    );
  }
  const examples = trainSet.labels.length;
  if (examples === 0)
    throw new RangeError('ModelManager.train: the data set must hold examples, got 0');
  if (batchSize > examples) {
    throw new RangeError(
      `ModelManager.train: batchSize must be at most the ${examples} examples of the data set, got ${batchSize}; use a smaller batch`,
    );
  }
  preprocessing.checkDataset(trainSet);
  if (test) preprocessing.checkDataset(test);
  if (augment) {
    const { padding } = augment;
    if (!Number.isInteger(padding) || padding < 0) {
      throw new RangeError(
        `ModelManager.train: padding must be a whole number of pixels from 0 up, got ${padding}`,
      );
    }
  }
  checkSameEpoch(progress, batchSize, examples);
  if (mixer?.takesMean && preprocessing.method !== 'bc+') {
    throw new RangeError(
      `ModelManager.train: the mixer takes each image's mean away, so that test images must lose theirs too, got a preprocessing for '${preprocessing.method}'; use Preprocessing.fit(dataset, 'bc+')`,
    );
  }
  if (mixer?.classes === 'different' && new Set(trainSet.labels).size < 2) {
    throw new RangeError(
      `ModelManager.train: mixing needs examples of two classes, got ${examples} of class ${trainSet.labels[0]} alone; use data of more classes, or no mixer`,
    );
  }
}

/** In the middle of an epoch batches must be those that its first half was made of. */
function checkSameEpoch(
  { batch, batchSize, examples }: Progress,
  newBatchSize: number,
  newExamples: number,
): void {
  if (batch === 0 || (batchSize === newBatchSize && examples === newExamples)) return;
  throw new RangeError(
    `ModelManager.train: the manager stands in the middle of an epoch of ${examples} examples in batches of ${batchSize}, got ${newExamples} in batches of ${newBatchSize}; end that epoch first`,
  );
}

function positive(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(
      `ModelManager.train: ${name} must be a whole number from 1 up, got ${value}`,
    );
  }
}
