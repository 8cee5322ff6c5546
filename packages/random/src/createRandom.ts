import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { hashWords } from './hashWords.js';

/** A source of numbers, uniform in [0, 1). Whatever draws takes one; nothing calls `Math.random`. */
export type Random = () => number;

/** Where a generator stands: plain JSON, to be kept with a checkpoint. */
export interface RandomState {
  readonly generator: 'xoroshiro128plus';
  /** Four 32-bit integers, not all zero. */
  readonly words: readonly number[];
}

/** A {@link Random} that can be split by name, saved and restored. */
export interface SeededRandom extends Random {
  /** What this generator was created from; a stream's is its parent's, a slash and its name. */
  readonly seed: number | string;
  /**
   * An independent generator for one purpose (`pairs`, `crop`, `dropout`).
   * It follows from the seed and the name alone, not from how much was drawn before: asked for
   * twice, it starts at the same place twice, so keep the one that you draw from.
   */
  stream(name: string): SeededRandom;
  /** A copy of where this generator stands; its streams keep their own. */
  state(): RandomState;
  /** Goes on from a saved state: the next draws are those that followed it. */
  restore(state: RandomState): void;
}

/**
 * Creates a seeded generator (xoroshiro128+ of `pure-rand`, 53 random bits in each number).
 *
 * The same seed gives the same numbers on every machine. The seed is read as text and hashed into
 * the generator's whole state, so seeds 1 and 2 have nothing in common, and a number and its
 * spelling (1 and `'1'`) are the same seed. A stream is the generator whose seed is the path to it.
 *
 * @param seed A finite number or any text.
 * @throws TypeError when the seed is neither.
 *
 * @example
 * ```ts
 * import { createRandom } from '@bcl/random';
 *
 * const random = createRandom(42);
 * const pairs = random.stream('pairs');
 * const saved = pairs.state();
 * const first = pairs();
 * pairs.restore(saved);
 * pairs() === first; // => true
 * createRandom('42/pairs')() === first; // => true
 * ```
 */
export function createRandom(seed: number | string): SeededRandom {
  if (typeof seed !== 'string' && !Number.isFinite(seed)) {
    throw new TypeError(
      `createRandom: seed must be a finite number or text, got ${typeof seed === 'number' ? seed : typeof seed}`,
    );
  }
  let generator = xoroshiro128plusFromState(hashWords(String(seed)));
  const random: Random = () => uniformFloat64(generator);
  return Object.assign(random, {
    seed,
    stream: (name: string) => createRandom(`${seed}/${name}`),
    state: (): RandomState => ({ generator: 'xoroshiro128plus', words: [...generator.getState()] }),
    restore: (state: RandomState) => {
      generator = xoroshiro128plusFromState(checkedWords(state));
    },
  });
}

/** The words of a state that this generator can have been in; a saved file may hold anything. */
function checkedWords(state: RandomState): readonly number[] {
  const words: unknown = state?.words;
  const good =
    state?.generator === 'xoroshiro128plus' &&
    Array.isArray(words) &&
    words.length === 4 &&
    words.every((word) => Number.isInteger(word) && word === (word | 0)) &&
    words.some((word) => word !== 0);
  if (!good) {
    throw new TypeError(
      `restore: state must come from state(), { generator: 'xoroshiro128plus', words: [four 32-bit integers] }, got ${JSON.stringify(state)}`,
    );
  }
  return [...state.words];
}
