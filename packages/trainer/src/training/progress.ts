import type { EpochSums, TrainingState } from '../checkpoint/Checkpoint.js';
import type { EpochEvent } from './TrainEvent.js';

/** How far a training has come: the part of a checkpoint that each step changes. */
export type Progress = Pick<
  TrainingState,
  'epoch' | 'step' | 'batch' | 'batchSize' | 'examples' | 'sums' | 'best' | 'mixer'
>;

/** What one step adds. */
export interface StepNumbers {
  loss: number;
  accuracy: number;
  count: number;
  seconds: number;
  learningRate: number;
}

/** A training that has not begun. */
export function newProgress(): Progress {
  return {
    epoch: 0,
    step: 0,
    batch: 0,
    batchSize: null,
    examples: null,
    sums: noSums(),
    best: null,
    mixer: null,
  };
}

/** Counts a step that was taken with the batch at `index` of its epoch. */
export function countStep(progress: Progress, index: number, numbers: StepNumbers): void {
  const { loss, accuracy, count, seconds, learningRate } = numbers;
  const { sums } = progress;
  progress.step++;
  progress.batch = index + 1;
  sums.loss += loss * count;
  sums.hits += accuracy * count;
  sums.examples += count;
  sums.seconds += seconds;
  sums.learningRate = learningRate;
  if (progress.step === 1) return;
  sums.timedExamples += count;
  sums.timedSeconds += seconds;
}

/** Ends the epoch under way and tells of it. */
export function endEpoch(progress: Progress): EpochEvent {
  const { loss, hits, examples, seconds, timedExamples, timedSeconds, learningRate } =
    progress.sums;
  progress.epoch++;
  progress.batch = 0;
  progress.sums = noSums();
  return {
    type: 'epoch',
    epoch: progress.epoch,
    step: progress.step,
    trainLoss: loss / examples,
    trainAccuracy: hits / examples,
    seconds,
    imagesPerSecond: timedSeconds > 0 ? timedExamples / timedSeconds : examples / seconds,
    learningRate,
  };
}

/** Whether a test after an epoch is the best so far, which is then noted. */
export function isBest(progress: Progress, { accuracy }: { accuracy: number }): boolean {
  if (progress.best && !(accuracy > progress.best.accuracy)) return false;
  progress.best = { epoch: progress.epoch, accuracy };
  return true;
}

function noSums(): EpochSums {
  return {
    loss: 0,
    hits: 0,
    examples: 0,
    seconds: 0,
    timedExamples: 0,
    timedSeconds: 0,
    learningRate: 0,
  };
}
