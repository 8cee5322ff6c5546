/** Labelled sounds in memory. */
export interface SoundDataset {
  /** What to call it in a report. */
  readonly name: string;
  /** One channel of 16-bit samples each, of any length; {@link toWave} gives them as −1..1. */
  readonly sounds: readonly Int16Array[];
  /** Class of each sound, 0 .. `classNames.length` − 1. */
  readonly labels: Uint8Array;
  /** Fold of each sound, from 1: what belongs together, such as pieces of one recording, is in one fold. */
  readonly folds: Uint8Array;
  /** File of each sound, from the data set's folder. */
  readonly files: readonly string[];
  /** Hz, of all sounds. */
  readonly sampleRate: number;
  readonly classNames: readonly string[];
}
