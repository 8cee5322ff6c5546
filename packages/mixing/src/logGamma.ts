import { normal, type Random } from '@bcl/random';

/**
 * The logarithm of a draw from the gamma distribution of this shape and scale 1. A logarithm, because
 * for shapes near 0 the draws themselves are mostly too small for a float.
 *
 * Marsaglia and Tsang, "A simple method for generating gamma variables", ACM Trans. Math. Softw. 26
 * (2000): d (1 + c z)³ with z normal, kept with the right probability, about 19 times in 20. Shapes
 * below 1 by their section 6, gamma(a) = gamma(a + 1) u^(1/a).
 */
export function logGamma(random: Random, shape: number): number {
  if (shape < 1) return logGamma(random, shape + 1) + Math.log1p(-random()) / shape;
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = normal(random);
    const v = (1 + c * z) ** 3;
    if (v <= 0) continue;
    const kept = z * z * 0.5 + d * (1 - v + Math.log(v));
    if (Math.log1p(-random()) < kept) return Math.log(d * v);
  }
}
