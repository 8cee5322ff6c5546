export { bc } from './bc.js';
export { bcPlus } from './bcPlus.js';
export { type BetweenClassOptions, betweenClass } from './betweenClass.js';
export type { Labels } from './classIds.js';
export { type Draw, type DrawPairsOptions, drawPairs } from './drawPairs.js';
export type { PairedClasses } from './drawPartners.js';
export type { RatioRule } from './drawRatios.js';
export {
  Mixer,
  type MixerConfig,
  type MixerOptions,
  type MixerState,
  type MixMethod,
} from './Mixer.js';
export { type LabelRule, type MixLabelsOptions, mixLabels } from './mixLabels.js';
export type { Ratio } from './ratio.js';
export { aWeighting } from './sound/aWeighting.js';
export { bcSound } from './sound/bcSound.js';
export type { SoundGain, SoundLevelOptions } from './sound/framePower.js';
export { type MultiCropOptions, multiCrop, multiCropStarts } from './sound/multiCrop.js';
export { padSound } from './sound/padSound.js';
export {
  applyRandomCrop,
  drawRandomCrop,
  type RandomCropOptions,
  type RandomCropPlan,
  randomCrop,
} from './sound/randomCrop.js';
export {
  applyRandomGain,
  drawRandomGain,
  type RandomGainOptions,
  type RandomGainPlan,
  randomGain,
} from './sound/randomGain.js';
export {
  applyRandomScale,
  drawRandomScale,
  type RandomScaleOptions,
  type RandomScalePlan,
  randomScale,
} from './sound/randomScale.js';
export { soundLevel, soundLevels } from './sound/soundLevel.js';
