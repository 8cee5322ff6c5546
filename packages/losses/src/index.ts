export { checkLogits } from './checkLogits.js';
export { classBalanced } from './classBalanced.js';
export { effectiveNumberWeights } from './effectiveNumberWeights.js';
export { type FocalOptions, focal } from './focal.js';
export {
  type InverseFrequencyOptions,
  inverseFrequencyWeights,
} from './inverseFrequencyWeights.js';
export { klDivergence } from './klDivergence.js';
export type { ConfiguredLoss, Loss, LossConfig, LossOptions, Reduction } from './Loss.js';
export { labelSmoothing } from './labelSmoothing.js';
export { lossConfig } from './lossConfig.js';
export { lossFromConfig } from './lossFromConfig.js';
export { confusionMatrix } from './metrics/confusionMatrix.js';
export {
  type CalibrationOptions,
  expectedCalibrationError,
} from './metrics/expectedCalibrationError.js';
export { largerShareAgreement } from './metrics/largerShareAgreement.js';
export { Metrics, type MetricsOptions } from './metrics/Metrics.js';
export { perClassAccuracy } from './metrics/perClassAccuracy.js';
export { ratioError } from './metrics/ratioError.js';
export { rowMetrics } from './metrics/rowMetrics.js';
export type { CalibrationBin, MetricsResult, MixedResult } from './metrics/Sums.js';
export { type TopKOptions, topKAccuracy } from './metrics/topKAccuracy.js';
export { sigmoidCrossEntropy } from './sigmoidCrossEntropy.js';
export { softmaxCrossEntropy } from './softmaxCrossEntropy.js';
