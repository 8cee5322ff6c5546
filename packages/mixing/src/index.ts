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
