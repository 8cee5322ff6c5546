import { type Random, uniformInt } from '@bcl/random';

/** Which classes an example is paired with. */
export type PairedClasses = 'different' | 'same' | 'any';

/** Draws a partner for each example; the classes are given as ids. */
export function drawPartners(
  ids: ArrayLike<number>,
  random: Random,
  classes: PairedClasses,
): Int32Array {
  switch (classes) {
    case 'different':
      return drawDifferent(ids, random);
    case 'same':
      return drawSame(ids, random);
    case 'any':
      return drawAny(ids, random);
    default:
      throw new RangeError(
        `drawPairs: classes must be 'different', 'same' or 'any', got '${classes}'`,
      );
  }
}

/** Skips the run of the example's own class in the batch ordered by class. */
function drawDifferent(ids: ArrayLike<number>, random: Random): Int32Array {
  const { order, runs } = byClass(ids);
  if (runs.size < 2) {
    const what = ids.length === 0 ? '0 labels' : `${ids.length} labels, all class ${ids[0]}`;
    throw new RangeError(
      `drawPairs: a pair needs two classes, got ${what}; shuffle, or use a larger batch`,
    );
  }
  return Int32Array.from(ids, (id) => {
    const { start, count } = runs.get(id) as Run;
    const k = uniformInt(random, ids.length - count);
    return order[k < start ? k : k + count] as number;
  });
}

/** Takes another place in the run of the example's own class. */
function drawSame(ids: ArrayLike<number>, random: Random): Int32Array {
  const { order, place, runs } = byClass(ids);
  return Int32Array.from(ids, (id, i) => {
    const { start, count } = runs.get(id) as Run;
    if (count < 2) {
      throw new RangeError(
        `drawPairs: a pair of one class needs two examples of it, got one of class ${id} in ${ids.length} labels; use a larger batch`,
      );
    }
    const k = start + uniformInt(random, count - 1);
    return order[k < (place[i] as number) ? k : k + 1] as number;
  });
}

function drawAny(ids: ArrayLike<number>, random: Random): Int32Array {
  if (ids.length < 2) {
    throw new RangeError(
      `drawPairs: a pair needs two examples, got ${ids.length} labels; use a larger batch`,
    );
  }
  return Int32Array.from(ids, (_, i) => {
    const k = uniformInt(random, ids.length - 1);
    return k < i ? k : k + 1;
  });
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
  for (const id of Array.from(ids)) {
    const run = runs.get(id);
    if (run) run.count++;
    else runs.set(id, { start: 0, count: 1 });
  }
  let start = 0;
  for (const run of runs.values()) {
    run.start = start;
    start += run.count;
  }
  const next = new Map([...runs].map(([id, run]) => [id, run.start]));
  const order = new Int32Array(ids.length);
  const place = Int32Array.from(ids, (id, i) => {
    const at = next.get(id) as number;
    next.set(id, at + 1);
    order[at] = i;
    return at;
  });
  return { order, place, runs };
}
