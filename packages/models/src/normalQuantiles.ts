const { exp, fround, PI, sqrt } = Math;

/** Octaves of probability in the table, and pieces of each. */
const OCTAVES = 32;
const PIECES = 64;
/** Steps of the integration within a piece. */
const STEPS = 4;
/** What a standard normal number exceeds in size with probability 2⁻³². */
const LARGEST = 6.337957754553789;

/**
 * What a standard normal number exceeds in size with probability t, `sqrt(2) · erfc⁻¹(t)`, for t from 2⁻³² to 1: 64 evenly spaced t
 * in each octave, the smallest first. Between two of them the quantile is close to straight, which makes normal numbers out of
 * random bits by one look-up.
 *
 * Rounded to float32, so that it is the same in every JavaScript engine, whatever its `exp` does with the last bit.
 */
export const normalQuantiles: Float64Array = integrate();

/**
 * Follows dx/dt = -1 / (2 φ(x)) by Runge and Kutta's method of fourth order, from the rarest up: that way errors shrink, the other way they
 * would grow.
 */
function integrate(): Float64Array {
  const table = new Float64Array(OCTAVES * PIECES + 1);
  const slope = (x: number): number => -sqrt(PI / 2) * exp((x * x) / 2);
  let x = LARGEST;
  for (let i = 0; i < table.length - 1; i++) {
    table[i] = fround(x);
    const step = (probability(i + 1) - probability(i)) / STEPS;
    for (let k = 0; k < STEPS; k++) {
      const a = slope(x);
      const b = slope(x + (step * a) / 2);
      const c = slope(x + (step * b) / 2);
      const d = slope(x + step * c);
      x += (step * (a + 2 * b + 2 * c + d)) / 6;
    }
  }
  return table; // and ends with 0, where every number is larger
}

/** The t of a place in the table. */
function probability(i: number): number {
  const octave = Math.floor(i / PIECES);
  return (1 + (i % PIECES) / PIECES) * 2 ** (octave - OCTAVES);
}
