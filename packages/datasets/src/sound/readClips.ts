import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { show } from '../dataset.js';
import type { Unreadable } from '../images/decodeAll.js';
import { readClip } from './readSound.js';
import type { SoundDataset } from './soundDataset.js';
import { trimZeros } from './trimZeros.js';

export interface SoundSetOptions {
  /** Hz that sounds of another rate are resampled to. Default 44100; EnvNet takes 16000. */
  readonly sampleRate?: number;
  /**
   * Called for each file that cannot be read, which is left out then. Without it the first such file ends the reading with
   * an error that names it.
   */
  readonly onUnreadable?: (unreadable: Unreadable) => void;
}

/** A row of a list of sounds. */
export interface ClipRow {
  /** From the data set's folder. */
  readonly file: string;
  readonly fold: number;
  readonly label: number;
}

/** Where a data set of sounds has what. */
export interface ClipList {
  readonly caller: string;
  readonly name: string;
  /** The list, from the data set's folder; the first that is there. */
  readonly lists: readonly string[];
  readonly columns: { readonly file: string; readonly fold: string; readonly label: string };
  readonly folds: number;
  readonly classes: number;
  /** Folder of the files of a fold. */
  readonly folder: (fold: number) => string;
}

/** No list is longer; bytes. */
const MOST_BYTES = 2 ** 26;

/** Reads the sounds of some rows, one file after the other. */
export async function readClips(
  { caller, name }: ClipList,
  root: string,
  rows: readonly ClipRow[],
  classNames: readonly string[],
  { sampleRate = 44100, onUnreadable, trim }: SoundSetOptions & { readonly trim: boolean },
): Promise<SoundDataset> {
  const sounds: Int16Array[] = [];
  const read: ClipRow[] = [];
  for (const row of rows) {
    const where = join(root, row.file);
    try {
      const { samples } = await readClip(caller, where, { sampleRate });
      // A copy, so that what was cut off is not held.
      sounds.push(trim ? trimZeros(samples).slice() : samples);
      read.push(row);
    } catch (cause) {
      const error = cause as Error;
      // A file that nobody can read is reported; a package that is missing is for all of them.
      if (!onUnreadable || !error.message.startsWith(`${caller}: cannot read `)) throw error;
      onUnreadable({ where, key: row.file, error });
    }
  }
  if (sounds.length === 0) throw new Error(`${caller}: ${root} gave no sounds`);
  return {
    name,
    sounds,
    labels: Uint8Array.from(read, ({ label }) => label),
    folds: Uint8Array.from(read, ({ fold }) => fold),
    files: read.map(({ file }) => file),
    sampleRate,
    classNames,
  };
}

/** Reads the list of a data set, in its order. */
export async function readClipList(list: ClipList, root: string): Promise<ClipRow[]> {
  const { caller, lists } = list;
  if (typeof root !== 'string' || root === '') {
    throw new TypeError(`${caller}: root must be the path of a folder, got ${show(root)}`);
  }
  for (const name of lists) {
    const path = join(root, name);
    const info = await stat(path).catch(() => undefined);
    if (!info?.isFile()) continue;
    try {
      if (info.size > MOST_BYTES)
        throw new Error(`it has ${info.size} bytes, more than ${MOST_BYTES}`);
      return parseClipList(list, await readFile(path));
    } catch (cause) {
      throw new Error(`${caller}: cannot read ${path}: ${(cause as Error).message}`, { cause });
    }
  }
  throw new Error(
    `${caller}: ${root} must hold ${lists.join(' or ')}; give the folder as it unpacks`,
  );
}

/** Parses and checks a list; a row's file must be a bare name. */
export function parseClipList(
  { columns, folds, classes, folder }: ClipList,
  csv: Uint8Array,
): ClipRow[] {
  const rows: Record<string, string>[] = parse(csv, {
    columns: true,
    bom: true,
    skip_empty_lines: true,
    max_record_size: 2 ** 16,
  });
  if (rows.length === 0) throw new Error('it lists no files');
  return rows.map((row, i) => {
    const number = (column: string, from: number, to: number) => {
      const text = row[column] ?? '';
      const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
      if (value >= from && value <= to) return value;
      throw new Error(
        `row ${i + 1} must have a ${column} from ${from} to ${to}, got ${show(row[column]?.slice(0, 40))}`,
      );
    };
    const file = row[columns.file] ?? '';
    if (!/^[^/\\\0]+$/.test(file) || file === '.' || file === '..') {
      throw new Error(
        `row ${i + 1} must have the name of a file as ${columns.file}, got ${show(row[columns.file]?.slice(0, 80))}`,
      );
    }
    const fold = number(columns.fold, 1, folds);
    const label = number(columns.label, 0, classes - 1);
    return { file: `${folder(fold)}/${file}`, fold, label };
  });
}
