import type { SoundDataset } from './soundDataset.js';

/**
 * Parts a set of sounds for one trial of a cross-validation: one fold to test on, the others to train on. A result is the mean
 * over all folds.
 *
 * @param fold The fold to test on.
 * @returns Two sets that share the sounds with the one given.
 * @throws RangeError when no sound, or every sound, is of this fold.
 *
 * @example
 * ```js
 * const { train, test } = splitFold(await esc50('ESC-50-master'), 1);
 * ```
 */
export function splitFold(
  dataset: SoundDataset,
  fold: number,
): { train: SoundDataset; test: SoundDataset } {
  const folds = [...new Set(dataset.folds)].sort((a, b) => a - b);
  if (!folds.includes(fold) || folds.length === 1) {
    throw new RangeError(
      `splitFold: fold must be one of several, got ${fold} of ${folds.join(', ')} in ${dataset.name}`,
    );
  }
  const part = (wanted: (fold: number) => boolean): SoundDataset => {
    const chosen = dataset.sounds.flatMap((_, i) =>
      wanted(dataset.folds[i] as number) ? [i] : [],
    );
    const bytes = (of: Uint8Array) => Uint8Array.from(chosen, (i) => of[i] as number);
    return {
      ...dataset,
      sounds: chosen.map((i) => dataset.sounds[i] as Int16Array),
      labels: bytes(dataset.labels),
      folds: bytes(dataset.folds),
      files: chosen.map((i) => dataset.files[i] as string),
    };
  };
  return { train: part((other) => other !== fold), test: part((other) => other === fold) };
}
