export { averageCrops } from './augment/averageCrops.js';
export { type CenterCropOptions, centerCrop } from './augment/centerCrop.js';
export { type Augmentation, compose } from './augment/compose.js';
export type { Boxes, Range } from './augment/drawBox.js';
export { drawFlip, type FlipOptions, type FlipPlan } from './augment/drawFlip.js';
export { drawPadCrop, type PadCropOptions, type PadCropPlan } from './augment/drawPadCrop.js';
export {
  type ColorComponents,
  drawPcaColor,
  IMAGENET_COLORS,
  type PcaColorOptions,
  type PcaColorPlan,
} from './augment/drawPcaColor.js';
export { type CropPlan, drawRandomCrop, type RandomCropOptions } from './augment/drawRandomCrop.js';
export {
  drawRandomErasing,
  type ErasingFill,
  type RandomErasingOptions,
  type RandomErasingPlan,
} from './augment/drawRandomErasing.js';
export {
  drawRandomResizedCrop,
  type RandomResizedCropOptions,
  type ResizedCropPlan,
} from './augment/drawRandomResizedCrop.js';
export { applyFlip, flip } from './augment/flip.js';
export type { ImageBatch, ImageBatchShape, ImageSize, RawImages } from './augment/images.js';
export { type CropPlace, type NCropOptions, nCrop } from './augment/nCrop.js';
export { applyPadCrop, padCrop } from './augment/padCrop.js';
export { applyPcaColor, pcaColor } from './augment/pcaColor.js';
export type { AugmentationPlan } from './augment/planSteps.js';
export { applyCrop, randomCrop } from './augment/randomCrop.js';
export { applyRandomErasing, randomErasing } from './augment/randomErasing.js';
export { applyRandomResizedCrop, randomResizedCrop } from './augment/randomResizedCrop.js';
export { resize } from './augment/resize.js';
export type { ResizeOptions } from './augment/resizedSize.js';
export type { AugmentationStep, StepName, StepPlan } from './augment/Step.js';
export type {
  DataIteratorOptions,
  DataIteratorState,
  PrefetchOptions,
} from './batches/DataIteratorOptions.js';
export type { PreprocessingMethod } from './checkPreprocessing.js';
export { type Cifar10Options, cifar10 } from './cifar/cifar10.js';
export { type Cifar10_1Options, cifar10_1 } from './cifar/cifar10_1.js';
export { type Cifar10hOptions, cifar10h } from './cifar/cifar10h.js';
export { type Cifar100Options, cifar100 } from './cifar/cifar100.js';
export { type CollectOptions, collect } from './collect.js';
export { DataIterator } from './dataIterator.js';
export type { Dataset, Split } from './dataset.js';
export { cacheFolder } from './download/cacheFolder.js';
export { checkFile } from './download/checkFile.js';
export { type DownloadOptions, type DownloadProgress, download } from './download/download.js';
export type { PublishedFile } from './download/publishedFiles.js';
export { type EmbeddedOptions, embedded } from './embedded.js';
export { fitPcaColor } from './fitPcaColor.js';
export {
  type FromTfDataOptions,
  fromTfData,
  type TfDataset,
  type TfExample,
} from './fromTfData.js';
export { type ImageNetOptions, type ImageNetStream, imageNet } from './imageNet/imageNet.js';
export type { ReadingOptions, Unreadable } from './images/decodeAll.js';
export type { DecodeOptions } from './images/imageDecoder.js';
export { type ImageFolderOptions, imageFolder } from './images/imageFolder.js';
export type { Source } from './imagesOf.js';
export { type Fold, type KFoldOptions, kFold } from './kFold.js';
export { type LoadDatasetOptions, loadDataset } from './loadDataset.js';
export {
  type LongTailOptions,
  type LongTailProfile,
  longTail,
  longTailCounts,
} from './longTail.js';
export { type NamedDataset, type NamedDatasetOptions, namedDatasets } from './namedDatasets.js';
export {
  type FitOptions,
  Preprocessing,
  type PreprocessingArgs,
  type PreprocessingJSON,
} from './preprocessing.js';
export type { NumpyData } from './python/numpyType.js';
export { type NpyArray, readNpy } from './python/readNpy.js';
export { type Batch, readExamples } from './readExamples.js';
export {
  type ReadResidentOptions,
  ResidentImages,
  type ResidentImagesOptions,
} from './resident/ResidentImages.js';
export { type Esc50Options, esc50 } from './sound/esc50.js';
export type { SoundSetOptions } from './sound/readClips.js';
export { type ReadSoundOptions, readSound, type Sound } from './sound/readSound.js';
export { resampleSound } from './sound/resampleSound.js';
export type { SoundDataset } from './sound/soundDataset.js';
export { splitFold } from './sound/splitFold.js';
export { toWave } from './sound/toWave.js';
export { trimZeros } from './sound/trimZeros.js';
export { urbanSound8K } from './sound/urbanSound8K.js';
export type { ExampleStream, OpenOptions, Shard, StreamExample } from './stream.js';
export { subset } from './subset.js';
export { tfGenerator } from './tfGenerator.js';
export type { LabelRule, LabelSource } from './webDataset/labelOf.js';
export { type WebDatasetOptions, webDataset } from './webDataset/webDataset.js';
