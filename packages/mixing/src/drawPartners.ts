import { type Random, uniformInt } from '@bcl/random';
import { alike, type Classes } from './classIds.js';

/**
 * Which examples are mixed, by class; the paper's N is how many classes a mix holds:
 *
 * - `'different'`: two of different classes, N = 2;
 * - `'same'`: two of one class, N = 1;
 * - `'any'`: any two, N = 1 or 2;
 * - `3`: three, all of different classes, N = 3;
 * - `'2 or 3'`: two or three of different classes, one as likely as the other.
 *
 * Multi-hot labels are different where they have no class in common.
 */
export type PairedClasses = 'different' | 'same' | 'any' | 3 | '2 or 3';

/** Who is mixed with each example; no `third` where none has one. */
export interface Partners {
  readonly partner: Int32Array;
  readonly third?: {
    /** The partner again where only two are mixed. */
    readonly partner: Int32Array;
    /** Whether three are mixed. */
    readonly three: readonly boolean[];
  };
}

/**
 * Draws from a whole set after which there is nothing to be had: one admissible in 100 000 is still found,
 * but for once in e¹⁰ times.
 */
export const MAX_TRIES = 1_000_000;

/** The same of two partners within a batch, of which there are some thousand pairs. */
const BATCH_TRIES = 100_000;

/** Draws partners for each example within the batch. */
export function drawPartners(
  name: string,
  classes: Classes,
  random: Random,
  paired: PairedClasses,
): Partners {
  checkPaired(name, paired);
  const count = (classes.ids ?? classes.sets).length;
  if (paired !== 3 && paired !== '2 or 3') {
    const pick = partnerSource(name, classes, random, paired);
    return { partner: new Int32Array(count).map((_, i) => pick(i)) };
  }
  const pick = partnerSource(name, classes, random, 'different');
  const kin = alike(classes);
  if (classes.ids && new Set(Array.from(classes.ids)).size < 3) {
    throw noThree(name, count);
  }
  const partner = new Int32Array(count);
  const third = new Int32Array(count);
  const three = Array.from(partner, (_, i) => {
    const triple = paired === 3 || random() < 0.5;
    for (let tries = 0; tries < BATCH_TRIES; tries++) {
      const j = pick(i);
      const k = triple ? pick(i) : j;
      if (triple && kin(j, k)) continue;
      partner[i] = j;
      third[i] = k;
      return triple;
    }
    throw noThree(name, count);
  });
  return { partner, third: { partner: third, three } };
}

/** Refuses a pairing that there is not. */
export function checkPaired(name: string, paired: PairedClasses): void {
  if (!(['different', 'same', 'any', 3, '2 or 3'] as unknown[]).includes(paired)) {
    throw new RangeError(
      `${name}: classes must be 'different', 'same', 'any', 3 or '2 or 3', got '${paired}'`,
    );
  }
}

function noThree(name: string, count: number): RangeError {
  return new RangeError(
    `${name}: a mix of three needs three classes, got ${count} labels of fewer; shuffle, or use a larger batch`,
  );
}

/** For an example of the batch, draws one of all that may be its partner, each as likely as the others. */
function partnerSource(
  name: string,
  classes: Classes,
  random: Random,
  paired: 'different' | 'same' | 'any',
): (i: number) => number {
  const { ids, sets } = classes;
  if (paired === 'any') return drawAny(name, (ids ?? sets).length, random);
  if (sets) return drawListed(name, classes, sets.length, random, paired);
  return paired === 'same' ? drawSame(name, ids, random) : drawDifferent(name, ids, random);
}

/** Skips the run of the example's own class in the batch ordered by class. */
function drawDifferent(
  name: string,
  ids: ArrayLike<number>,
  random: Random,
): (i: number) => number {
  const { order, runs } = byClass(ids);
  if (runs.size < 2) {
    const what = ids.length === 0 ? '0 labels' : `${ids.length} labels, all class ${ids[0]}`;
    throw new RangeError(
      `${name}: a pair needs two classes, got ${what}; shuffle, or use a larger batch`,
    );
  }
  return (i) => {
    const { start, count } = runs.get(ids[i] as number) as Run;
    const k = uniformInt(random, ids.length - count);
    return order[k < start ? k : k + count] as number;
  };
}

/** Takes another place in the run of the example's own class. */
function drawSame(name: string, ids: ArrayLike<number>, random: Random): (i: number) => number {
  const { order, place, runs } = byClass(ids);
  return (i) => {
    const { start, count } = runs.get(ids[i] as number) as Run;
    if (count < 2) {
      throw new RangeError(
        `${name}: a pair of one class needs two examples of it, got one of class ${ids[i]} in ${ids.length} labels; use a larger batch`,
      );
    }
    const k = start + uniformInt(random, count - 1);
    return order[k < (place[i] as number) ? k : k + 1] as number;
  };
}

function drawAny(name: string, count: number, random: Random): (i: number) => number {
  if (count < 2) {
    throw new RangeError(
      `${name}: a pair needs two examples, got ${count} labels; use a larger batch`,
    );
  }
  return (i) => {
    const k = uniformInt(random, count - 1);
    return k < i ? k : k + 1;
  };
}

/** Lists the partners of each example that is asked for: what is left to do for sets of classes. */
function drawListed(
  name: string,
  classes: Classes,
  count: number,
  random: Random,
  paired: 'different' | 'same',
): (i: number) => number {
  const kin = alike(classes);
  const lists: number[][] = [];
  return (i) => {
    const all = Array.from({ length: lists[i] ? 0 : count }, (_, j) => j);
    lists[i] ??= all.filter((j) => j !== i && kin(i, j) === (paired === 'same'));
    const list = lists[i];
    if (list.length === 0) {
      const what = paired === 'same' ? 'no class' : 'a class';
      throw new RangeError(
        `${name}: example ${i} must have a partner, got ${count} labels of which each other shares ${what} with it; shuffle, or use a larger batch`,
      );
    }
    return list[uniformInt(random, list.length)] as number;
  };
}

interface Run {
  start: number;
  count: number;
}

/** The batch ordered by class: who is where, and the run of places that each class has. */
function byClass(ids: ArrayLike<number>): {
  order: Int32Array;
  place: Int32Array;
  runs: Map<number, Run>;
} {
  const runs = new Map<number, Run>();
  for (let i = 0; i < ids.length; i++) {
    const run = runs.get(ids[i] as number);
    if (run) run.count++;
    else runs.set(ids[i] as number, { start: 0, count: 1 });
  }
  let start = 0;
  for (const run of runs.values()) {
    run.start = start;
    start += run.count;
  }
  const next = new Map([...runs].map(([id, run]) => [id, run.start]));
  const order = new Int32Array(ids.length);
  const place = new Int32Array(ids.length).map((_, i) => {
    const at = next.get(ids[i] as number) as number;
    next.set(ids[i] as number, at + 1);
    order[at] = i;
    return at;
  });
  return { order, place, runs };
}
