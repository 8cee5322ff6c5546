import { constant } from './constant.js';
import { cosine } from './cosine.js';
import { milestones } from './milestones.js';
import { polynomial } from './polynomial.js';
import type { Schedule, ScheduleConfig } from './Schedule.js';
import { withWarmup } from './withWarmup.js';

/**
 * Makes the schedule that a `config` describes.
 *
 * @throws Error when the name is of no schedule of this package.
 */
export function scheduleFromConfig(config: ScheduleConfig): Schedule {
  switch (config.name) {
    case 'constant':
      return constant(config.learningRate);
    case 'milestones':
      return milestones(config.learningRate, config);
    case 'cosine':
      return cosine(config.learningRate, config);
    case 'polynomial':
      return polynomial(config.learningRate, config);
    case 'warmup':
      return withWarmup(scheduleFromConfig(config.schedule), config);
    default:
      throw new Error(
        `scheduleFromConfig: name must be constant, milestones, cosine, polynomial or warmup, got ${(config as { name: string }).name}`,
      );
  }
}
