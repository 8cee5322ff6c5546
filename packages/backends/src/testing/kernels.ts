import * as tf from '@tensorflow/tfjs-core';

/** Jest looks globals up slowly. */
const { abs, cos, imul, log, max, PI, sign, sqrt } = Math;

/** Runs a kernel of the current backend by its name and hands over its results. */
export function run(
  name: string,
  inputs: Record<string, tf.Tensor>,
  attrs: object = {},
): tf.Tensor[] {
  const results = tf.engine().runKernel(name, inputs, attrs as unknown as tf.NamedAttrMap);
  return Array.isArray(results) ? results : [results];
}

/** Computes tensors on TensorFlow.js's own cpu backend, reads and disposes them, and comes back to wasm. */
export async function onCpu(compute: () => tf.Tensor[]): Promise<Float32Array[]> {
  await tf.setBackend('cpu');
  try {
    return tf.tidy(() => compute().map((t) => t.dataSync<'float32'>()));
  } finally {
    await tf.setBackend('wasm');
  }
}

/** `count` values from a seed, between 0.25 and 1 with either sign, so that no product is tiny. */
export function values(count: number, seed = 1): Float32Array {
  const next = integers(seed);
  return new Float32Array(count).map(() => {
    const x = (next() / 2 ** 32) * 1.5 - 0.75;
    return x + sign(x) * 0.25;
  });
}

/** `count` normal values from a seed. */
export function normals(count: number, seed = 1, mean = 0, deviation = 1): Float32Array {
  const next = integers(seed);
  const uniform = (): number => (next() + 0.5) / 2 ** 32;
  return new Float32Array(count).map(
    () => mean + deviation * sqrt(-2 * log(uniform())) * cos(2 * PI * uniform()),
  );
}

/** Largest absolute value. */
export function largest(x: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) most = max(most, abs(x[i] as number));
  return most;
}

/** Largest difference as a share of `scale`; NaN when there is one in either, or the lengths differ. */
export function error(got: ArrayLike<number>, expected: ArrayLike<number>, scale: number): number {
  if (got.length !== expected.length) return Number.NaN;
  let worst = 0;
  for (let i = 0; i < got.length; i++) {
    worst = max(worst, abs((got[i] as number) - (expected[i] as number)));
  }
  return worst === 0 ? 0 : worst / scale;
}

/** Whether two arrays are the same bit for bit: what a test asks of operands that must be kept. */
export function same(a: Float32Array, b: Float32Array): boolean {
  const bytes = (x: Float32Array): Buffer => Buffer.from(x.buffer, x.byteOffset, x.byteLength);
  return bytes(a).equals(bytes(b));
}

/** Whole numbers below 2³² from a seed: Mulberry32. */
function integers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = imul(state ^ (state >>> 15), state | 1);
    t ^= t + imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}
