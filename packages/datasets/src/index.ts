export { type Cifar10Options, cifar10 } from './cifar10.js';
export { type CollectOptions, collect } from './collect.js';
export {
  DataIterator,
  type DataIteratorOptions,
  type DataIteratorState,
} from './dataIterator.js';
export type { Dataset, Split } from './dataset.js';
export { type EmbeddedOptions, embedded } from './embedded.js';
export { applyFlip, drawFlip, type FlipOptions, type FlipPlan, flip } from './flip.js';
export type { ReadingOptions, Unreadable } from './images/decodeAll.js';
export type { DecodeOptions } from './images/imageDecoder.js';
export { type ImageFolderOptions, imageFolder } from './images/imageFolder.js';
export { type LoadDatasetOptions, loadDataset } from './loadDataset.js';
export {
  applyPadCrop,
  drawPadCrop,
  type PadCropOptions,
  type PadCropPlan,
  padCrop,
} from './padCrop.js';
export {
  Preprocessing,
  type PreprocessingArgs,
  type PreprocessingJSON,
  type PreprocessingMethod,
} from './preprocessing.js';
export { type Batch, readExamples } from './readExamples.js';
export type { ExampleStream, OpenOptions, Shard, StreamExample } from './stream.js';
