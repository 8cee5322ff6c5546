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
export { sigmoidCrossEntropy } from './sigmoidCrossEntropy.js';
export { softmaxCrossEntropy } from './softmaxCrossEntropy.js';
