export type { ActivationOptions, Activations } from './features/activations.js';
export { type FeatureSet, featureSet } from './features/featureSet.js';
export { type PrincipalComponents, principalComponents } from './features/principalComponents.js';
export {
  type ClassSpread,
  type PairSeparation,
  type Separation,
  separation,
} from './features/separation.js';
export {
  type LoadOptions,
  ModelManager,
  type ModelManagerOptions,
  type TestOptions,
} from './ModelManager.js';
export type { AdamOptions } from './optimizers/AdamStep.js';
export { adam } from './optimizers/adam.js';
export { adamW } from './optimizers/adamW.js';
export { type ClipOptions, clipGradients } from './optimizers/clipGradients.js';
export { groupsByFactor } from './optimizers/groupsByFactor.js';
export type {
  Optimizer,
  OptimizerConfig,
  OptimizerState,
  OptimizerSwitch,
} from './optimizers/Optimizer.js';
export type { OptimizerOptions } from './optimizers/OptimizerOptions.js';
export { optimizerFromConfig } from './optimizers/optimizerFromConfig.js';
export { type SgdOptions, sgd } from './optimizers/sgd.js';
export { type SwatsOptions, swats } from './optimizers/swats.js';
export { biasesAndNorms, type WeightGroup } from './optimizers/WeightGroup.js';
export type { Comparison, ComparisonGroup, PublishedError } from './report/Comparison.js';
export { comparisonCsv } from './report/comparisonCsv.js';
export { comparisonMarkdown } from './report/comparisonMarkdown.js';
export { featuresSvg } from './report/featuresSvg.js';
export { readComparison } from './report/readComparison.js';
export type { EpochLine } from './report/readMetrics.js';
export { readTrials, type Trial } from './report/readTrials.js';
export type { GroupResult } from './report/summarizeGroup.js';
export { summarizeTrials, type TrialSummary } from './report/summarizeTrials.js';
export { writeComparison } from './report/writeComparison.js';
export { type WriteFeaturesOptions, writeFeatures } from './report/writeFeatures.js';
export { writeReport } from './report/writeReport.js';
export type { Attack, AttackConfig, Slope } from './robustness/Attack.js';
export { type FgsmOptions, fgsm } from './robustness/fgsm.js';
export { type PgdOptions, pgd } from './robustness/pgd.js';
export { slopeOf } from './robustness/slopeOf.js';
export { type Confusion, type Interval, Run, type RunOptions } from './run/Run.js';
export type { RunConfig, RunSettings } from './run/RunConfig.js';
export { constant } from './schedules/constant.js';
export { type CosineOptions, cosine } from './schedules/cosine.js';
export { type MilestonesOptions, milestones } from './schedules/milestones.js';
export { type PolynomialOptions, polynomial } from './schedules/polynomial.js';
export type { Schedule, ScheduleConfig, SchedulePoint } from './schedules/Schedule.js';
export { scheduleFromConfig } from './schedules/scheduleFromConfig.js';
export { type WarmupOptions, withWarmup } from './schedules/withWarmup.js';
export type { AugmentOptions } from './training/augmented.js';
export type { SoftResult, TestBatch, TestData, TestResult } from './training/evaluate.js';
export type { Loss, LossName, SavedLoss } from './training/Loss.js';
export type {
  CheckpointEvent,
  DoneEvent,
  EpochEvent,
  StartEvent,
  StepEvent,
  SwitchEvent,
  TrainEvent,
} from './training/TrainEvent.js';
export type { TrainOptions } from './training/TrainOptions.js';
