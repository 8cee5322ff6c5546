import type { OptimizerSwitch } from '../optimizers/Optimizer.js';

/** What `train` reports, in the order in which it happens. */
export type TrainEvent =
  | StartEvent
  | StepEvent
  | SwitchEvent
  | EpochEvent
  | CheckpointEvent
  | DoneEvent;

export interface StartEvent {
  type: 'start';
  /** Epochs of the whole run. */
  epochs: number;
  /** Epochs done before, when this goes on from a checkpoint. */
  epoch: number;
  /** Steps done before. */
  step: number;
  stepsPerEpoch: number;
  /** Examples of the training set. */
  examples: number;
  /** Numbers that training changes. */
  parameters: number;
  backend: string;
  threads: number;
}

export interface StepEvent {
  type: 'step';
  /** Steps done, this one included; counted through the whole run. */
  step: number;
  /** Epoch of the step, from 1. */
  epoch: number;
  /** Mean loss of the batch before the step. */
  loss: number;
  /** Share of the batch for which the strongest logit is that of the strongest target. */
  accuracy: number;
  learningRate: number;
  /** Examples over seconds of this step, preparing the batch included. */
  imagesPerSecond: number;
}

/** After the step in which an optimizer changed its ways, as `swats` does once. */
export interface SwitchEvent extends OptimizerSwitch {
  type: 'switch';
  /** The last step by the rule before. */
  step: number;
  epoch: number;
}

export interface EpochEvent {
  type: 'epoch';
  /** The epoch that has ended, from 1. */
  epoch: number;
  /** Steps done in the whole run. */
  step: number;
  /** Mean over the epoch's examples, while the weights moved. */
  trainLoss: number;
  trainAccuracy: number;
  /** Absent when there is no test set or the epoch was not one to evaluate. */
  testLoss?: number;
  testAccuracy?: number;
  /** Share of the test set whose class is among the five strongest logits. */
  testTop5?: number;
  /** Negative log likelihood of the test set, whatever the loss is. */
  testNll?: number;
  /** Expected calibration error over 15 bins. */
  testCalibrationError?: number;
  /** Time spent on training alone: neither evaluation nor the caller's own loop. */
  seconds: number;
  /** Examples over seconds, the run's first step left out. */
  imagesPerSecond: number;
  /** Rate of the epoch's last step. */
  learningRate: number;
}

export interface CheckpointEvent {
  type: 'checkpoint';
  /** Epochs done. */
  epoch: number;
  step: number;
  /** The folder that it was written to. */
  folder: string;
  /** Whether it is the best one so far, by the accuracy of the test after its epoch. */
  best: boolean;
}

export interface DoneEvent {
  type: 'done';
  epochs: number;
  step: number;
  /** Training time of all epochs of this call. */
  seconds: number;
  /** Of the last evaluation; absent when there was none. */
  testLoss?: number;
  testAccuracy?: number;
}
