import type { ByteImages, BytePlan } from './BytePlan.js';
import { checkClasses, checkData, checkPlan, checkStatistics } from './checkBytes.js';
import { type ByteRule, mixPairs, ruleOf } from './mixPairs.js';
import { type ByteLabelRule, checkByteLabelRule, mixRows } from './mixRows.js';
import type { Passes } from './Passes.js';
import { ScriptPasses } from './scriptPasses.js';
import { ownMemoryPasses } from './wasmPasses.js';

export interface MixBytesOptions {
  /** `'bc'`, `'bc+'` as the authors released it, or single steps. Default `'bc+'`. */
  readonly method?: 'bc' | 'bc+' | ByteRule;
  /** Mean of each channel over the training set, 0..255; for `'bc+'` once each image lost its own. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel, likewise. */
  readonly std: readonly number[];
  /** How labels are mixed: shares of both, the larger one, or both at once. Default `'ratio'`. */
  readonly label?: ByteLabelRule;
  /** Default: as many as `classNames`. */
  readonly numClasses?: number;
  /**
   * `'script'` keeps to TypeScript; `'wasm'` throws where there is no WebAssembly SIMD. Default: the faster one that is there.
   * Both give the same numbers.
   */
  readonly engine?: 'wasm' | 'script';
}

/** Arrays to write into instead of new ones. */
export interface MixBytesOutput {
  /** `B · H · W · C`. */
  readonly images?: Float32Array;
  /** `B · K`. */
  readonly labels?: Float32Array;
}

/** A mixed batch. */
export interface MixedBytes {
  /** `B · H · W · C` floats. */
  readonly images: Float32Array;
  /** Label rows, `B · K`. */
  readonly labels: Float32Array;
  /** B, H, W and C. */
  readonly shape: readonly [batch: number, height: number, width: number, channels: number];
  /** K. */
  readonly classes: number;
}

/**
 * Mixes pairs of raw images in one sweep: bytes are normalised, flipped, padded, cropped and mixed, and floats are written, as
 *
 *     x' = (x − m − mean_c) / std_c,   mixed = (p x1' + q x2') / sqrt(p² + q²)
 *
 * with m the raw image's own mean, and p and q from the ratio and the standard deviations of what the windows show, zero border
 * included: the authors' released pipeline. `'bc'` is r x1' + (1 − r) x2' without m. Nothing is drawn here. No
 * tensor is made and TensorFlow.js is not needed: it runs in workers and servers.
 *
 * @param data The set that the plan's indices are of.
 * @param plan Who, how much, where; from {@link ByteMixer.draw}.
 * @param output Arrays to write into, of exactly the right length.
 * @throws RangeError when plan, statistics or arrays do not fit the data.
 *
 * @example
 * ```ts
 * import { mixBytes } from '@bcl/mixing/fast';
 *
 * const data = { images: Uint8Array.of(1, 3, 8, 4), labels: [0, 1], shape: [1, 2, 1] as const };
 * const asIs = { flip: [0], top: [0], left: [0] };
 * const plan = { first: { index: [0], ...asIs }, second: { index: [1], ...asIs }, ratio: [0.75], padding: 0 };
 * const mixed = mixBytes(data, plan, { method: 'bc', mean: [2], std: [2], numClasses: 2 });
 * mixed.images; // => [0.375, 0.625]
 * mixed.labels; // => [0.75, 0.25]
 * ```
 *
 * @see The authors' code, mil-tokyo/bc_learning_image, dataset.py and utils.py.
 */
export function mixBytes(
  data: ByteImages,
  plan: BytePlan,
  options: MixBytesOptions,
  output: MixBytesOutput = {},
): MixedBytes {
  const { count, classes } = checkBatch(data, plan, options);
  const { shape } = data;
  const size = shape[0] * shape[1] * shape[2];
  const images = array('images', output.images, count * size);
  const labels = array('labels', output.labels, count * classes);
  mixPairs(passesFor(shape, images, options.engine), data, plan, options);
  mixRows(data, plan, options.label, classes, labels);
  return { images, labels, shape: [count, ...shape], classes };
}

/** Refuses what does not fit; the numbers of images and of classes. */
export function checkBatch(
  data: ByteImages,
  plan: BytePlan,
  options: MixBytesOptions,
): { count: number; classes: number } {
  checkData(data);
  checkStatistics(data.shape, options.mean, options.std);
  ruleOf(options.method);
  checkByteLabelRule(options.label);
  return { count: checkPlan(data, plan), classes: checkClasses(data, plan, options.numClasses) };
}

function passesFor(
  shape: readonly [number, number, number],
  images: Float32Array,
  engine: MixBytesOptions['engine'],
): Passes {
  const fast = engine === 'script' ? undefined : ownMemoryPasses(shape, images);
  if (!fast && engine === 'wasm') {
    throw new Error('mixBytes: this JavaScript engine has no WebAssembly SIMD, or may not compile');
  }
  return fast ?? new ScriptPasses(shape, images);
}

/** The array that was given, or a new one. */
function array(name: string, given: Float32Array | undefined, length: number): Float32Array {
  if (given === undefined) return new Float32Array(length);
  if (!(given instanceof Float32Array) || given.length !== length) {
    throw new RangeError(
      `mixBytes: output.${name} must be a Float32Array of ${length}, got ${given?.length}`,
    );
  }
  return given;
}
