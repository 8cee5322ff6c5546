export { bc } from './bc.js';
export { bcPlus } from './bcPlus.js';
export { beta } from './beta.js';
export { type BetweenClassOptions, betweenClass } from './betweenClass.js';
export type { Labels } from './classIds.js';
export { type ClassTarget, classWeights } from './classWeights.js';
export { cutMix } from './cutMix.js';
export { type BoxDraw, type DrawBoxesOptions, drawBoxes, type ImageSize } from './drawBoxes.js';
export { type Draw, type DrawPairsOptions, drawPairs } from './drawPairs.js';
export { type DrawPairsFromOptions, drawPairsFrom, type SetDraw } from './drawPairsFrom.js';
export type { PairedClasses } from './drawPartners.js';
export { type LabelPairs, labelPairs } from './labelPairs.js';
export { Mixer, type MixerConfig, type MixerOptions, type MixerState } from './Mixer.js';
export type { MixMethod } from './methods.js';
export type { MixChance } from './mixChance.js';
export { type LabelRule, type MixLabelsOptions, mixLabels } from './mixLabels.js';
export { mixMany } from './mixMany.js';
export { mixManyLabels } from './mixManyLabels.js';
export type { MixRule, WeightedRule } from './mixRule.js';
export type { Ratio } from './ratio.js';
export type { Curriculum, RatioRule, RatioSettings } from './ratioRule.js';
export { resizeMix } from './resizeMix.js';
export type { Shares } from './shares.js';
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
  type SoundBatch,
} from './sound/randomGain.js';
export {
  applyRandomScale,
  drawRandomScale,
  type RandomScaleOptions,
  type RandomScalePlan,
  randomScale,
} from './sound/randomScale.js';
export { soundLevel, soundLevels } from './sound/soundLevel.js';
