import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { type MatStruct, readMat } from './readMat.js';

/** What says which class is which. */
export interface Synsets {
  /** WordNet's id of each class, such as `n01440764`, in ascending order: the place is the class's number. */
  readonly wnids: readonly string[];
  /** Its words, such as `tench, Tinca tinca`; all differ. */
  readonly words: readonly string[];
  /** From the numbers that the validation ground truth uses, where the file has them. */
  readonly byNumber: ReadonlyMap<number, string>;
}

/** Files that are read whole are no larger; bytes. */
const SIZE_LIMIT = 64 * 2 ** 20;

/** The files, as the devkit (the first two) and Caffe and Kaggle name them. */
const META = 'meta.mat';
const GROUND_TRUTH = 'ILSVRC2012_validation_ground_truth.txt';
const WORD_LISTS = ['LOC_synset_mapping.txt', 'synset_words.txt'];
const SOLUTION = 'LOC_val_solution.csv';

export const LABEL_FILES: string = `${META} and ${GROUND_TRUTH} of the devkit, or ${SOLUTION}`;

/** Reads the classes from the first file that is there, in the first folder that has one. */
export async function readSynsets(folders: readonly string[]): Promise<Synsets | undefined> {
  for (const folder of folders) {
    const meta = await readSmall(join(folder, META), parseMeta);
    if (meta) return meta;
    for (const name of WORD_LISTS) {
      const list = await readSmall(join(folder, name), parseWords);
      if (list) return list;
    }
  }
  return undefined;
}

/** Reads which class (a WordNet id) each validation image is of: by number from 1, or by name. */
export async function readValidation(
  folders: readonly string[],
  { byNumber }: Synsets,
): Promise<((image: string) => string | undefined) | undefined> {
  for (const folder of folders) {
    const solution = await readSmall(join(folder, SOLUTION), parseSolution);
    if (solution) return (image) => solution.get(image.replace(/\.\w+$/, ''));
    const truth =
      byNumber.size > 0 &&
      (await readSmall(join(folder, GROUND_TRUTH), (bytes) => parseTruth(bytes, byNumber)));
    if (truth) return (image) => truth[imageNumber(image) - 1];
  }
  return undefined;
}

/** 17 of `ILSVRC2012_val_00000017.JPEG`. */
function imageNumber(image: string): number {
  return Number(/_(\d{8})\.\w+$/.exec(image)?.[1] ?? Number.NaN);
}

/** The variable `synsets` of the devkit: those without children are the classes. */
function parseMeta(bytes: Uint8Array): Synsets {
  const all = readMat(bytes).get('synsets');
  if (!Array.isArray(all)) throw new Error("it holds no array 'synsets'");
  const classes = (all as readonly MatStruct[]).filter(
    ({ num_children: children }) => Array.isArray(children) && children[0] === 0,
  );
  return inOrder(
    classes.map(({ WNID, words, ILSVRC2012_ID }) => ({
      wnid: WNID,
      words,
      number: Array.isArray(ILSVRC2012_ID) ? ILSVRC2012_ID[0] : undefined,
    })),
  );
}

/** Lines such as `n01440764 tench, Tinca tinca`. */
function parseWords(bytes: Uint8Array): Synsets {
  return inOrder(
    lines(bytes).map((line) => {
      const space = line.indexOf(' ');
      return { wnid: line.slice(0, space), words: line.slice(space + 1) };
    }),
  );
}

/** Checks the classes, orders them by id and tells those of the same words apart. */
function inOrder(given: readonly { wnid: unknown; words: unknown; number?: unknown }[]): Synsets {
  const byNumber = new Map<number, string>();
  const words = new Map<string, string>();
  for (const { wnid, words: said, number } of given) {
    if (typeof wnid !== 'string' || !/^n\d{8}$/.test(wnid) || typeof said !== 'string') {
      throw new Error(`a class must have an id such as n01440764, got ${JSON.stringify(wnid)}`);
    }
    if (words.has(wnid)) throw new Error(`it holds ${wnid} more than once`);
    words.set(wnid, said);
    if (typeof number === 'number') byNumber.set(number, wnid);
  }
  if (words.size === 0) throw new Error('it names no classes');
  const wnids = [...words.keys()].sort();
  const uses = new Map<string, number>();
  for (const said of words.values()) uses.set(said, (uses.get(said) ?? 0) + 1);
  return {
    wnids,
    words: wnids.map((wnid) => {
      const said = words.get(wnid) as string;
      return uses.get(said) === 1 ? said : `${said} (${wnid})`;
    }),
    byNumber,
  };
}

/** Line i is the number of image i + 1. */
function parseTruth(bytes: Uint8Array, byNumber: ReadonlyMap<number, string>): string[] {
  return lines(bytes).map((line, i) => {
    const wnid = byNumber.get(Number(line));
    if (wnid === undefined) {
      throw new Error(`line ${i + 1} must be the number of a class, got '${line.slice(0, 40)}'`);
    }
    return wnid;
  });
}

/** Kaggle's table: `ImageId`, and a `PredictionString` that begins with the class. */
function parseSolution(bytes: Uint8Array): Map<string, string> {
  const rows: Record<string, string>[] = parse(bytes, { columns: true, max_record_size: 2 ** 20 });
  return new Map(
    rows.map(({ ImageId, PredictionString }, i) => {
      const wnid = /^\s*(n\d{8})\b/.exec(PredictionString ?? '')?.[1];
      if (!ImageId || !wnid) throw new Error(`row ${i + 1} names no image or no class`);
      return [ImageId, wnid];
    }),
  );
}

function lines(bytes: Uint8Array): string[] {
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** What `parse` makes of a file, or `undefined` where there is none; errors name the file. */
async function readSmall<T>(path: string, parse: (bytes: Uint8Array) => T): Promise<T | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) return undefined;
  try {
    if (info.size > SIZE_LIMIT)
      throw new Error(`it has ${info.size} bytes, more than ${SIZE_LIMIT}`);
    return parse(await readFile(path));
  } catch (cause) {
    throw new Error(
      `imageNet: cannot read ${path}: ${(cause as Error).message}; download it again, or remove it`,
      { cause },
    );
  }
}
