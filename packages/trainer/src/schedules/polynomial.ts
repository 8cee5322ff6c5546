import { checkSetting } from '../checkSetting.js';
import { makeSchedule } from './makeSchedule.js';
import type { Schedule } from './Schedule.js';

export interface PolynomialOptions {
  /** Power of what is left of the run. Default 1, a straight line. */
  power?: number;
  /** The rate that the last step comes close to. Default 0. */
  minimum?: number;
}

/**
 * A learning rate that falls, step by step, as a power of what is left of the run:
 * `minimum + (learningRate - minimum) · (1 - step / total)^power`.
 */
export function polynomial(
  learningRate: number,
  { power = 1, minimum = 0 }: PolynomialOptions = {},
): Schedule {
  checkSetting('polynomial', 'the learning rate', learningRate, learningRate >= 0, 'from 0 up');
  checkSetting('polynomial', 'power', power, power > 0, 'above 0');
  checkSetting('polynomial', 'minimum', minimum, minimum >= 0, 'from 0 up');
  return makeSchedule(
    { name: 'polynomial', learningRate, power, minimum },
    ({ step, stepsPerEpoch, epochs }) => {
      const left = Math.max(0, 1 - step / (stepsPerEpoch * epochs));
      return minimum + (learningRate - minimum) * left ** power;
    },
  );
}
