import type { FlipOptions, FlipPlan } from './drawFlip.js';
import type { PadCropOptions, PadCropPlan } from './drawPadCrop.js';
import type { PcaColorOptions, PcaColorPlan } from './drawPcaColor.js';
import type { CropPlan, RandomCropOptions } from './drawRandomCrop.js';
import type { RandomErasingOptions, RandomErasingPlan } from './drawRandomErasing.js';
import type { RandomResizedCropOptions, ResizedCropPlan } from './drawRandomResizedCrop.js';
import type { ImageSize } from './images.js';
import type { ResizeOptions } from './resizedSize.js';

/** The settings of each step: those of the op of its name, whose defaults they have. */
export interface StepSettings {
  readonly flip: Omit<FlipOptions, 'random'>;
  readonly padCrop: Omit<PadCropOptions, 'random'>;
  readonly randomCrop: Omit<RandomCropOptions, 'random'>;
  readonly randomResizedCrop: Omit<RandomResizedCropOptions, 'random'>;
  readonly pcaColor: Omit<PcaColorOptions, 'random'>;
  readonly randomErasing: Omit<RandomErasingOptions, 'random'>;
  readonly resize: ResizeOptions;
  readonly centerCrop: { readonly size: ImageSize };
}

/** What each step draws for a batch. */
export interface StepPlans {
  readonly flip: FlipPlan;
  readonly padCrop: PadCropPlan;
  readonly randomCrop: CropPlan;
  readonly randomResizedCrop: ResizedCropPlan;
  readonly pcaColor: PcaColorPlan;
  readonly randomErasing: RandomErasingPlan;
  readonly resize: ResizeOptions;
  readonly centerCrop: { readonly size: ImageSize };
}

export type StepName = keyof StepSettings;

/** One step of an augmentation, plain JSON: `{ step: 'padCrop', padding: 4 }`. */
export type AugmentationStep = {
  [N in StepName]: { readonly step: N } & StepSettings[N];
}[StepName];

/** What one step drew for a batch. */
export type StepPlan = { [N in StepName]: { readonly step: N } & StepPlans[N] }[StepName];
