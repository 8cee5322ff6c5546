export { ByteMixer, type ByteMixerOptions, type ByteMixerState } from './ByteMixer.js';
export type { ByteImages, BytePlan, ByteViews } from './BytePlan.js';
export {
  type MixBytesOptions,
  type MixBytesOutput,
  type MixedBytes,
  mixBytes,
} from './mixBytes.js';
export type { ByteRule } from './mixPairs.js';
export type { ByteLabelRule } from './mixRows.js';
