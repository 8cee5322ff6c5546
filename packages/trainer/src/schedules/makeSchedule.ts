import type { Schedule, ScheduleConfig, SchedulePoint } from './Schedule.js';

/** Ties a rule to its configuration. */
export function makeSchedule(
  config: ScheduleConfig,
  rule: (point: SchedulePoint) => number,
): Schedule {
  return Object.assign((point: SchedulePoint) => rule(point), { config });
}

/** Throws unless a setting of a schedule holds. */
export function checkSetting(
  who: string,
  name: string,
  value: number,
  holds: boolean,
  must: string,
): void {
  if (!holds || !Number.isFinite(value)) {
    throw new RangeError(`${who}: ${name} must be ${must}, got ${value}`);
  }
}
