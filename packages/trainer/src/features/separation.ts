/** How far apart the classes of some points lie, and how wide each is. */
export interface Separation {
  /** Mean squared distance of a point from the mean of its class. */
  within: number;
  /** Mean squared distance of a point from the mean of all; `within / total` does not depend on the scale. */
  total: number;
  /** The classes that have points. */
  classes: ClassSpread[];
  /** Each two of them, the least apart by `fisher` first. */
  pairs: PairSeparation[];
}

export interface ClassSpread {
  /** Number of the class. */
  id: number;
  count: number;
  /** Mean squared distance of its points from their mean. */
  within: number;
}

export interface PairSeparation {
  /** Numbers of the classes. */
  a: number;
  b: number;
  /** From mean to mean. */
  distance: number;
  /** Fisher's criterion: distance² over the sum of both variances within. Infinite where these are 0. */
  fisher: number;
  /** The same on the line through both means, where the classes meet: variances are those along it. */
  alongLine: number;
}

/**
 * Within-class variance, distance between classes, and Fisher's criterion of each pair of classes.
 *
 * @param values `[N, size]`, point after point; kept.
 * @param labels Class of each point.
 * @throws RangeError when there are fewer than two classes.
 */
export function separation(
  values: Float32Array,
  size: number,
  labels: ArrayLike<number>,
): Separation {
  const members = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    const indices = members.get(label) ?? [];
    members.set(label, indices);
    indices.push(i);
  }
  if (members.size < 2) {
    throw new RangeError(
      `separation: there must be points of two classes, got ${labels.length} of ${members.size === 1 ? 'one' : 'none'}`,
    );
  }
  const groups = [...members]
    .sort(([a], [b]) => a - b)
    .map(([id, indices]) => groupOf(values, size, id, indices));
  const everything = groupOf(
    values,
    size,
    -1,
    Array.from(labels, (_, i) => i),
  );
  const pairs = groups.flatMap((a, i) =>
    groups.slice(i + 1).map((b) => pairOf(values, size, a, b)),
  );
  return {
    within: groups.reduce((sum, { within, count }) => sum + within * count, 0) / labels.length,
    total: everything.within,
    classes: groups.map(({ id, count, within }) => ({ id, count, within })),
    pairs: pairs.sort((a, b) => a.fisher - b.fisher),
  };
}

interface Group extends ClassSpread {
  indices: number[];
  mean: Float64Array;
}

function groupOf(values: Float32Array, size: number, id: number, indices: number[]): Group {
  const mean = new Float64Array(size);
  for (const i of indices) {
    for (let k = 0; k < size; k++) {
      mean[k] = (mean[k] as number) + (values[i * size + k] as number) / indices.length;
    }
  }
  let sum = 0;
  for (const i of indices) {
    for (let k = 0; k < size; k++) {
      sum += ((values[i * size + k] as number) - (mean[k] as number)) ** 2;
    }
  }
  return { id, count: indices.length, within: sum / indices.length, indices, mean };
}

function pairOf(values: Float32Array, size: number, a: Group, b: Group): PairSeparation {
  const between = a.mean.map((v, k) => v - (b.mean[k] as number));
  const squared = between.reduce((sum, v) => sum + v * v, 0);
  // Variance along the line, times its length squared.
  const along = [a, b].reduce((sum, { indices, mean }) => {
    const squares = indices.map((i) => {
      let at = 0;
      for (let k = 0; k < size; k++) {
        at += ((values[i * size + k] as number) - (mean[k] as number)) * (between[k] as number);
      }
      return at * at;
    });
    return sum + squares.reduce((total, v) => total + v, 0) / indices.length;
  }, 0);
  return {
    a: a.id,
    b: b.id,
    distance: Math.sqrt(squared),
    fisher: ratio(squared, a.within + b.within),
    alongLine: ratio(squared * squared, along),
  };
}

/** 0 where classes are in one place, however wide; infinite where they are apart and have no width. */
function ratio(above: number, below: number): number {
  return above === 0 ? 0 : above / below;
}
