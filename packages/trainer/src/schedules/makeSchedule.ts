import type { Schedule, ScheduleConfig, SchedulePoint } from './Schedule.js';

/** Ties a rule to its configuration. */
export function makeSchedule(
  config: ScheduleConfig,
  rule: (point: SchedulePoint) => number,
): Schedule {
  return Object.assign((point: SchedulePoint) => rule(point), { config });
}
