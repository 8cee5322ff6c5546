import { type Random, uniformInt } from '@bcl/random';
import { alike, type Classes, classesOf, type Labels } from './classIds.js';
import { type Draw, type DrawPairsOptions, withRatios } from './drawPairs.js';
import { checkPaired, MAX_TRIES, type PairedClasses, type Partners } from './drawPartners.js';

export interface DrawPairsFromOptions extends DrawPairsOptions {
  /**
   * How readily an example of each class is drawn, one number for each class id; equal unless told.
   * {@link classWeights} makes some for a purpose.
   */
  readonly weights?: ArrayLike<number>;
}

/** A draw from a whole set: indices into the set for both examples. */
export type SetDraw = Draw & { readonly first: Int32Array };

/**
 * Draws `count` pairs from a whole training set, as the authors do: two uniform draws, repeated until
 * the classes are those that `classes` admits. So pairs are uniform over all ordered pairs of two
 * examples that are admissible, or triples of three. First all pairs are drawn, then all ratios.
 *
 * Classes are not drawn as often as the set holds them: among pairs of different classes, class k of
 * share π is πk (1 − πk) / (1 − Σ π²) of the examples, so that a frequent class is seen less.
 * `weights` draw a class k as if its share were in proportion to πk wk; {@link classWeights} finds
 * those that make every class as frequent as it is in the set, or all alike.
 *
 * Nothing is prepared, so a call costs what its pairs cost: however large the set, 128 pairs take a
 * few microseconds. The rarer an admissible pair, the longer.
 *
 * @param labels Of the whole set: class ids, `[N]`, or rows over classes, `[N, K]`; ids in a typed
 * array are not looked through.
 * @param count How many pairs.
 * @throws RangeError when there is no admissible pair, `weights` do not fit or a ratio lies outside 0..1.
 *
 * @example
 * ```ts
 * import { drawPairsFrom } from '@bcl/mixing';
 * import { createRandom } from '@bcl/random';
 *
 * const labels = Uint8Array.of(0, 0, 0, 7);
 * const { first, partner } = drawPairsFrom(labels, 100, { random: createRandom(1) });
 * first.every((i, n) => labels[i] !== labels[partner[n]]); // => true
 * ```
 *
 * @see The authors' code, mil-tokyo/bc_learning_image, dataset.py.
 */
export function drawPairsFrom(
  labels: Labels,
  count: number,
  { random, classes = 'different', ratio = 'uniform', epoch = 1, weights }: DrawPairsFromOptions,
): SetDraw {
  const name = 'drawPairsFrom';
  const { first, ...partners } = drawTuples(name, labels, count, random, classes, weights);
  return { first, ...withRatios(name, partners, random, ratio, epoch) };
}

/** Draws who is mixed with whom, from all of `labels`. */
export function drawTuples(
  name: string,
  labels: Labels,
  count: number,
  random: Random,
  paired: PairedClasses,
  weights?: ArrayLike<number>,
): Partners & { first: Int32Array } {
  checkPaired(name, paired);
  if (!(Number.isInteger(count) && count >= 0)) {
    throw new RangeError(`${name}: count must be an integer of at least 0, got ${count}`);
  }
  const classes = classesOf(name, labels);
  const size = (classes.ids ?? classes.sets).length;
  const none = () =>
    new RangeError(
      `${name}: the labels must hold a mix of classes ${paired}, got ${size} labels with none in ${MAX_TRIES} tries; are they of enough classes${weights ? ' with a weight' : ''}?`,
    );
  if (size === 0) throw none();

  const kin = alike(classes);
  const pick = exampleSource(name, classes, size, random, weights, none);
  const admits = (i: number, j: number) =>
    i !== j && (paired === 'any' || kin(i, j) === (paired === 'same'));
  const first = new Int32Array(count);
  const partner = new Int32Array(count);
  const third = new Int32Array(count);
  const three: boolean[] = [];
  for (let n = 0; n < count; n++) {
    const triple = paired === 3 || (paired === '2 or 3' && random() < 0.5);
    three.push(triple);
    for (let tries = 0; ; tries++) {
      if (tries === MAX_TRIES) throw none();
      const [i, j] = [pick(), pick()];
      if (!admits(i, j)) continue;
      const k = triple ? pick() : j;
      if (triple && !(admits(i, k) && admits(j, k))) continue;
      [first[n], partner[n], third[n]] = [i, j, k];
      break;
    }
  }
  if (paired !== 3 && paired !== '2 or 3') return { first, partner };
  return { first, partner, third: { partner: third, three } };
}

/** Draws one example: uniform, or by the weight of its class, a draw being kept in proportion to it. */
function exampleSource(
  name: string,
  { ids }: Classes,
  size: number,
  random: Random,
  weights: ArrayLike<number> | undefined,
  none: () => RangeError,
): () => number {
  if (!weights) return () => uniformInt(random, size);
  if (!ids) {
    throw new RangeError(`${name}: weights need labels of one class each, got multi-hot rows`);
  }
  const all = Array.from(weights);
  const wrong = all.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (wrong >= 0) {
    throw new RangeError(
      `${name}: weights must be finite and not negative, got ${all[wrong]} for class ${wrong}`,
    );
  }
  const largest = Math.max(0, ...all);
  return () => {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const i = uniformInt(random, size);
      const weight = all[ids[i] as number];
      if (weight === undefined) {
        throw new RangeError(
          `${name}: every class must have a weight, got ${all.length} weights and class ${ids[i]}`,
        );
      }
      if (random() * largest < weight) return i;
    }
    throw none();
  };
}
