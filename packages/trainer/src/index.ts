export type { Optimizer, OptimizerConfig } from './optimizers/Optimizer.js';
export { optimizerFromConfig } from './optimizers/optimizerFromConfig.js';
export { type SgdOptions, sgd } from './optimizers/sgd.js';
export { constant } from './schedules/constant.js';
export { type CosineOptions, cosine } from './schedules/cosine.js';
export { type MilestonesOptions, milestones } from './schedules/milestones.js';
export type { Schedule, ScheduleConfig, SchedulePoint } from './schedules/Schedule.js';
export { scheduleFromConfig } from './schedules/scheduleFromConfig.js';
export { type WarmupOptions, withWarmup } from './schedules/withWarmup.js';
