/** Where in a run a step stands. */
export interface SchedulePoint {
  /** Epoch of the step, counted from 1. */
  epoch: number;
  /** Steps of the run before this one, so 0 for the first. */
  step: number;
  stepsPerEpoch: number;
  /** Epochs of the whole run. */
  epochs: number;
}

/** All that is needed to make a schedule again; plain JSON. */
export type ScheduleConfig =
  | { name: 'constant'; learningRate: number }
  | { name: 'milestones'; learningRate: number; at: number[]; factor: number }
  | { name: 'cosine'; learningRate: number; minimum: number }
  | { name: 'polynomial'; learningRate: number; power: number; minimum: number }
  | {
      name: 'warmup';
      schedule: ScheduleConfig;
      epochs: number;
      factor: number;
      shape: 'linear' | 'flat';
    };

/** The learning rate of every step: a pure function of where the step stands. */
export interface Schedule {
  (point: SchedulePoint): number;
  /** For `scheduleFromConfig`. */
  readonly config: ScheduleConfig;
}
