import { type ClipList, readClipList, readClips, type SoundSetOptions } from './readClips.js';
import type { SoundDataset } from './soundDataset.js';

/** The classes in the order of their numbers. */
const CLASS_NAMES = [
  'air_conditioner',
  'car_horn',
  'children_playing',
  'dog_bark',
  'drilling',
  'engine_idling',
  'gun_shot',
  'jackhammer',
  'siren',
  'street_music',
];

const LIST: ClipList = {
  caller: 'urbanSound8K',
  name: 'urbansound8k',
  lists: ['metadata/UrbanSound8K.csv', 'UrbanSound8K.csv'],
  columns: { file: 'slice_file_name', fold: 'fold', label: 'classID' },
  folds: 10,
  classes: 10,
  folder: (fold) => `audio/fold${fold}`,
};

/**
 * Reads UrbanSound8K: `audio/fold1` to `audio/fold10` with clips of up to four seconds, of all rates and
 * kinds of WAV, and `metadata/UrbanSound8K.csv`. Clips are not trimmed, as with the authors. There are ten folds;
 * {@link splitFold} parts them. All of it takes 2.5 GiB at 44.1 kHz, 0.9 GiB at 16 kHz.
 *
 * @param root The folder that the data set unpacks to, `UrbanSound8K`.
 * @throws Error when the list or a file is missing or damaged, or resampling is not installed.
 *
 * @example
 * ```js
 * const { train, test } = splitFold(await urbanSound8K('UrbanSound8K', { sampleRate: 16000 }), 1);
 * ```
 *
 * @see Salamon, Jacoby, Bello, "A Dataset and Taxonomy for Urban Sound Research", 2014.
 */
export async function urbanSound8K(
  root: string,
  options: SoundSetOptions = {},
): Promise<SoundDataset> {
  const rows = await readClipList(LIST, root);
  return readClips(LIST, root, rows, CLASS_NAMES, { ...options, trim: false });
}
