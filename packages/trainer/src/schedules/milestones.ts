import { checkSetting } from '../checkSetting.js';
import { makeSchedule } from './makeSchedule.js';
import type { Schedule } from './Schedule.js';

export interface MilestonesOptions {
  /**
   * The last epochs of each stretch: numbers below 1 are fractions of the run, others are epochs
   * (counted from 1). Default `[0.4, 0.6, 0.8]`, the authors' own.
   */
  at?: number[];
  /** What the rate is multiplied by after each. Default 0.1. */
  factor?: number;
}

/**
 * A learning rate that falls in stairs: in epoch `e` it is `learningRate · factor^n`, where `n`
 * is the number of milestones strictly below `e`. With the defaults and 250 epochs at 0.1 that is
 * 0.1 in epochs 1–100, 0.01 in 101–150, 0.001 in 151–200 and 0.0001 in 201–250, the schedule of
 * the between-class paper's ConvNet.
 *
 * @throws RangeError when a milestone or the factor is not a positive number.
 */
export function milestones(
  learningRate: number,
  { at = [0.4, 0.6, 0.8], factor = 0.1 }: MilestonesOptions = {},
): Schedule {
  checkSetting('milestones', 'the learning rate', learningRate, learningRate >= 0, 'from 0 up');
  checkSetting('milestones', 'factor', factor, factor > 0, 'above 0');
  for (const mark of at) checkSetting('milestones', 'each of at', mark, mark > 0, 'above 0');
  return makeSchedule({ name: 'milestones', learningRate, at, factor }, ({ epoch, epochs }) => {
    // 0.6 · 5 must be 3 whatever the last bit of 0.6 says.
    const last = (mark: number) => (mark < 1 ? mark * epochs - 1e-9 * epochs : mark);
    const passed = at.filter((mark) => Math.ceil(last(mark)) < epoch).length;
    return learningRate * factor ** passed;
  });
}
