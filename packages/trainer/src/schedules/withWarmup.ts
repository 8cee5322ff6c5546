import { checkSetting } from '../checkSetting.js';
import { makeSchedule } from './makeSchedule.js';
import type { Schedule } from './Schedule.js';

export interface WarmupOptions {
  /** Length of the warm-up, in epochs; fractions are welcome. */
  epochs: number;
  /** Share of the rate to begin with. Default 0.1. */
  factor?: number;
  /**
   * `linear` rises step by step from `factor` to the whole rate; `flat` stays at `factor`, as the
   * between-class authors do. Default `linear`.
   */
  shape?: 'linear' | 'flat';
}

/**
 * Lets a schedule begin at a smaller rate: during the first `epochs` its rate is multiplied by
 * `factor`, rising to 1 when the shape is `linear`. Afterwards it is the schedule as given.
 */
export function withWarmup(
  schedule: Schedule,
  { epochs, factor = 0.1, shape = 'linear' }: WarmupOptions,
): Schedule {
  checkSetting('withWarmup', 'epochs', epochs, epochs >= 0, 'from 0 up');
  checkSetting('withWarmup', 'factor', factor, factor >= 0, 'from 0 up');
  return makeSchedule(
    { name: 'warmup', schedule: schedule.config, epochs, factor, shape },
    (point) => {
      const rate = schedule(point);
      const done = point.step / (epochs * point.stepsPerEpoch);
      if (!(done < 1)) return rate;
      return rate * (shape === 'flat' ? factor : factor + (1 - factor) * done);
    },
  );
}
