export { averagePoolGradient } from './averagePool';
export { betweenClass, waveMoments } from './betweenClass';
export { gemmOuter, gemmOuterPaired } from './gemmOuter';
export { gemmQuads } from './gemmQuads';
export { gemmRows } from './gemmRows';
export { packPanels, packPanelsTransposed, packQuads, packQuadsIndirect, packQuadsTransposed, transpose } from './pack';
export { channelAffine, channelGradient, channelGradientSums, channelMoments } from './channels';
export { maxPoolGradient } from './maxPool';
export { means, meansGradient } from './means';
export { depthwiseFilterGradient, depthwiseInputGradient } from './depthwise';
export { softmaxLoss } from './softmaxLoss';
export { sgdStep } from './sgd';
export { adamStep } from './adam';
export { addRows, copyRows } from './rows';
export { randomNormal, randomUniform } from './random';
export {
  padImage, stridedFilter, stridedFilterGradient, stridedInput, stridedInputGradient, stridedOutput, stridedOutputGradient,
  winogradFilter, winogradFilterGradient, winogradInput, winogradOutput, winogradOutputGradient,
} from './tiles';
