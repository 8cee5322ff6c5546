import { checkSetting } from '../checkSetting.js';
import { makeSchedule } from './makeSchedule.js';
import type { Schedule } from './Schedule.js';

export interface CosineOptions {
  /** The rate that the last step comes close to. Default 0. */
  minimum?: number;
}

/**
 * A learning rate that falls along half a cosine, step by step, over the whole run:
 * `minimum + (learningRate - minimum) · (1 + cos(π · step / total)) / 2`.
 *
 * @see Loshchilov, Hutter, "SGDR", arXiv:1608.03983; used by Shake-Shake with a minimum of 0.
 */
export function cosine(learningRate: number, { minimum = 0 }: CosineOptions = {}): Schedule {
  checkSetting('cosine', 'the learning rate', learningRate, learningRate >= 0, 'from 0 up');
  checkSetting('cosine', 'minimum', minimum, minimum >= 0, 'from 0 up');
  return makeSchedule(
    { name: 'cosine', learningRate, minimum },
    ({ step, stepsPerEpoch, epochs }) => {
      const done = step / (stepsPerEpoch * epochs);
      return minimum + ((learningRate - minimum) * (1 + Math.cos(Math.PI * done))) / 2;
    },
  );
}
