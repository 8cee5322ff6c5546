export { type ConvnetOptions, convnet } from './convnet.js';
export { type CreateModelOptions, createModel, modelNames } from './createModel.js';
export { BatchNorm, type BatchNormArgs } from './layers/batchNorm.js';
export { Dropout, type DropoutArgs } from './layers/dropout.js';
export type { ModelOptions } from './modelOptions.js';
