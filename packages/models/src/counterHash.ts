/**
 * Random bits that are a function of their place rather than of what was drawn before: element `i`
 * of a stream is the same whoever asks, in whatever order, on whatever backend. Weights and dropout
 * masks come from here.
 */

/** The two 32-bit words that select one stream. */
export type StreamKey = readonly [number, number];

/** Taken out of `Math`, which a sandbox (jest, `node:vm`) makes slow to reach. */
const { imul } = Math;

/** Weyl constant, 2³² over the golden ratio: sets apart words that differ by little. */
const GOLDEN = 0x9e3779b9;

/** The stream of a seed, or of one place (step, example …) below it. */
export function streamKey(seed: number, ...place: number[]): StreamKey {
  let a = mix((seed >>> 0) + GOLDEN);
  let b = mix((Math.floor(seed / 2 ** 32) ^ a) + GOLDEN);
  for (const at of place) {
    a = mix(a + at);
    b = mix((b ^ a) + GOLDEN);
  }
  return [a, b];
}

/** Element `i` of a stream, an integer from 0 to 2³² − 1. */
export function bitsAt([a, b]: StreamKey, i: number): number {
  return mix(mix(i + a) ^ b) >>> 0;
}

/** A seed for one named use of `seed`: 53 bits, so that it is exact in JSON. */
export function deriveSeed(seed: number, name: string): number {
  const [a, b] = streamKey(seed, ...new TextEncoder().encode(name));
  return (a >>> 0) + (b >>> 11) * 2 ** 32;
}

/** A bijection of the 32-bit words that flips half of the bits for any change ("lowbias32", C. Wellons). */
function mix(word: number): number {
  let x = word | 0;
  x = imul(x ^ (x >>> 16), 0x21f0aaad);
  x = imul(x ^ (x >>> 15), 0xd35a2d97);
  return x ^ (x >>> 15);
}
