export { type CreateModelOptions, createModel, modelNames } from './createModel.js';
export { BatchNorm, type BatchNormArgs } from './layers/batchNorm.js';
export { Conv2D, type Conv2DArgs } from './layers/conv2d.js';
export { Dropout, type DropoutArgs } from './layers/dropout.js';
export type { Initializer, SerializedInitializer } from './layers/initializerOf.js';
export type { ShakeDraw } from './layers/shakeBranches.js';
export { ShakeShake, type ShakeShakeArgs } from './layers/shakeShake.js';
export type {
  HeadBias,
  ImageModelOptions,
  ModelOptions,
  SoundModelOptions,
} from './modelOptions.js';
export { type ConvnetOptions, convnet } from './networks/convnet.js';
export { type DensenetBCOptions, densenetBC } from './networks/densenetBC.js';
export { type EnvnetOptions, envnet } from './networks/envnet.js';
export type { EnvnetBaseOptions } from './networks/envnetParts.js';
export { type EnvnetV2Options, envnetV2 } from './networks/envnetV2.js';
export { type M3Options, m3 } from './networks/m3.js';
export { type M5Options, m5 } from './networks/m5.js';
export { type M11Options, m11 } from './networks/m11.js';
export { type M18Options, m18 } from './networks/m18.js';
export { type M34ResOptions, m34Res } from './networks/m34Res.js';
export { type Resnet18Options, resnet18 } from './networks/resnet18.js';
export { type Resnet29Options, resnet29 } from './networks/resnet29.js';
export { type Resnet32Options, resnet32 } from './networks/resnet32.js';
export { type Resnext29Options, resnext29 } from './networks/resnext29.js';
export { type Resnext101Options, resnext101 } from './networks/resnext101.js';
export type { ShakeNetworkOptions, ShakeRules } from './networks/shakeNetwork.js';
export { type ShakeShakeOptions, shakeShake } from './networks/shakeShake.js';
export { type ShakeShake29Options, shakeShake29 } from './networks/shakeShake29.js';
export { type ShakeShakeShortOptions, shakeShakeShort } from './networks/shakeShakeShort.js';
export {
  type LayerSummary,
  type ModelSummary,
  type SummarizeOptions,
  summarize,
} from './summary/summarize.js';
export { summarizeNetwork } from './summary/summarizeNetwork.js';
export { freeze } from './training/freeze.js';
export type { LayerMatch } from './training/layerMatch.js';
export { type LearningRateRule, learningRateFactors } from './training/learningRateFactors.js';
export { unfreeze } from './training/unfreeze.js';
export { type LoadedWeights, type LoadWeightsOptions, loadWeights } from './weights/loadWeights.js';
export { type ReadWeightsOptions, readWeights } from './weights/readWeights.js';
export { StoredTensor } from './weights/StoredTensor.js';
export { saveWeights } from './weights/saveWeights.js';
export type { WeightSource } from './weights/sourceBytes.js';
export type { StoredType, StoredValues } from './weights/storedTypes.js';
