import { type ClipList, readClipList, readClips, type SoundSetOptions } from './readClips.js';
import type { SoundDataset } from './soundDataset.js';

/** The classes of ESC-50 in the order of their numbers. */
const CLASS_NAMES =
  'dog rooster pig cow frog cat hen insects sheep crow rain sea_waves crackling_fire crickets chirping_birds water_drops wind pouring_water toilet_flush thunderstorm crying_baby sneezing clapping breathing coughing footsteps laughing brushing_teeth snoring drinking_sipping door_wood_knock mouse_click keyboard_typing door_wood_creaks can_opening washing_machine vacuum_cleaner clock_alarm clock_tick glass_breaking helicopter chainsaw siren car_horn engine train church_bells airplane fireworks hand_saw'.split(
    ' ',
  );

/** The classes of ESC-10, by their numbers in ESC-50, in the order in which the authors number them. */
const ESC10 = [0, 10, 11, 20, 38, 21, 40, 41, 1, 12];

const LIST: ClipList = {
  caller: 'esc50',
  name: 'esc50',
  lists: ['meta/esc50.csv', 'meta.csv', 'esc50.csv'],
  columns: { file: 'filename', fold: 'fold', label: 'target' },
  folds: 5,
  classes: 50,
  folder: () => 'audio',
};

export interface Esc50Options extends SoundSetOptions {
  /** Keeps ESC-10 alone: ten of the classes, renumbered 0 to 9. Default false. */
  readonly esc10?: boolean;
  /** Cuts exact zeros off both ends of each clip, by {@link trimZeros}, as the authors do. Default true. */
  readonly trim?: boolean;
}

/**
 * Reads ESC-50 or ESC-10: `audio/` with clips of five seconds, and `meta/esc50.csv` (or `meta.csv`) that says which is which.
 * There are five folds; {@link splitFold} parts them.
 *
 * @param root The folder that the data set unpacks to, `ESC-50-master`.
 * @throws Error when the list or a file is missing or damaged.
 *
 * @example
 * ```js
 * const { train, test } = splitFold(await esc50('ESC-50-master', { esc10: true }), 1);
 * ```
 *
 * @see Piczak, "ESC: Dataset for Environmental Sound Classification", 2015; the order of ESC-10 is that of
 * mil-tokyo/bc_learning_sound, dataset_gen/esc_gen.py.
 */
export async function esc50(root: string, options: Esc50Options = {}): Promise<SoundDataset> {
  const { esc10 = false, trim = true } = options;
  const rows = await readClipList(LIST, root);
  if (!esc10) return readClips(LIST, root, rows, CLASS_NAMES, { ...options, trim });
  const chosen = rows.flatMap((row) => {
    const label = ESC10.indexOf(row.label);
    return label < 0 ? [] : [{ ...row, label }];
  });
  const names = ESC10.map((label) => CLASS_NAMES[label] as string);
  return readClips({ ...LIST, name: 'esc10' }, root, chosen, names, { ...options, trim });
}
