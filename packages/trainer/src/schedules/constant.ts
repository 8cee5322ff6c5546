import { checkSetting } from '../checkSetting.js';
import { makeSchedule } from './makeSchedule.js';
import type { Schedule } from './Schedule.js';

/** One learning rate for the whole run. */
export function constant(learningRate: number): Schedule {
  checkSetting('constant', 'the learning rate', learningRate, learningRate >= 0, 'from 0 up');
  return makeSchedule({ name: 'constant', learningRate }, () => learningRate);
}
