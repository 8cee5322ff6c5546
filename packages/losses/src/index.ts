export { checkLogits } from './checkLogits.js';
export { klDivergence } from './klDivergence.js';
export { softmaxCrossEntropy } from './softmaxCrossEntropy.js';
export type { LossOptions, Reduction } from './softmaxLoss.js';
