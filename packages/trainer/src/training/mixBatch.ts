import {
  type Dataset,
  drawFlip,
  drawPadCrop,
  type Preprocessing,
  type ResidentImages,
  readExamples,
} from '@bcl/datasets';
import type { BetweenClassOptions, Mixer, SetDraw } from '@bcl/mixing';
import type { ByteRule, ByteViews } from '@bcl/mixing/fast';
import { mixBytesToTensors } from '@bcl/mixing/fast-tensors';
import type { SeededRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { type AugmentOptions, augmented, trainingSteps } from './augmented.js';

/** What turns the examples of a draw into a batch. */
export interface MixBatchOptions {
  preprocessing: Preprocessing;
  augment: AugmentOptions | false;
  /** The images on the device, where they are to be read and mixed there. */
  resident?: ResidentImages | undefined;
  /** Where flips and crops come from; `flip` and `crop` are its streams. */
  chance: SeededRandom;
}

/**
 * Reads, normalises, flips, crops and mixes the examples of a draw from the whole set. Where the mixer only weighs pairs this is
 * one sweep over the bytes; else, and where they lie on the device, by tensor ops. All draw the same and give the same numbers, to rounding.
 *
 * @returns New tensors, the caller's.
 */
export function mixBatch(
  dataset: Dataset,
  mixer: Mixer,
  draw: SetDraw,
  options: MixBatchOptions,
): { images: tf.Tensor4D; labels: tf.Tensor2D } {
  // The sweep is over bytes of this process, and knows classes alone.
  const swept = !options.resident && !dataset.softLabels;
  const rule = swept ? byteRule(mixer, draw, options.preprocessing) : undefined;
  return rule
    ? byBytes(dataset, mixer, draw, rule, options)
    : byTensors(dataset, mixer, draw, options);
}

/** The mixer's rule in the steps that the sweep knows, if it does. */
function byteRule(
  { method, oneOf, debug }: Mixer,
  { first, partner, ratio, ...more }: SetDraw,
  preprocessing: Preprocessing,
): ByteRule | undefined {
  if (oneOf || debug || Object.keys(more).length > 0) return undefined;
  if (preprocessing.evaluation.steps.length > 0) return undefined;
  const waves = typeof method === 'string' ? WAVES[method] : method;
  return waves && { ...waves, ownMean: preprocessing.method === 'bc+' };
}

/** The methods that weigh two whole images against each other. */
const WAVES: Readonly<Partial<Record<string, BetweenClassOptions>>> = {
  bc: {},
  'bc+': { zeroMean: true, keepEnergy: true, balance: true },
};

function byBytes(
  dataset: Dataset,
  { label }: Mixer,
  { first, partner, ratio }: SetDraw,
  method: ByteRule,
  { preprocessing: { mean, std }, augment, chance }: MixBatchOptions,
): { images: tf.Tensor4D; labels: tf.Tensor2D } {
  const count = first.length;
  const { padding, flip: mirror } = augment || { padding: 0, flip: false };
  const flip = mirror
    ? drawFlip(2 * count, { random: chance.stream('flip') }).flip
    : new Uint8Array(2 * count);
  const { top, left } = drawPadCrop(2 * count, { padding, random: chance.stream('crop') });
  const views = (index: Int32Array, begin: number): ByteViews => {
    const part = <T extends Uint8Array | Int32Array>(plan: T) =>
      plan.subarray(begin, begin + count) as T;
    return { index, flip: part(flip), top: part(top), left: part(left) };
  };
  const plan = { first: views(first, 0), second: views(partner, count), ratio, padding };
  const numClasses = dataset.classNames.length;
  return mixBytesToTensors(dataset, plan, { method, mean, std, label, numClasses });
}

function byTensors(
  dataset: Dataset,
  mixer: Mixer,
  setDraw: SetDraw,
  options: MixBatchOptions,
): { images: tf.Tensor4D; labels: tf.Tensor2D } {
  const { indices, draw } = gathered(setDraw);
  const { images, ys } = readVaried(dataset, indices, options);
  try {
    return mixer.apply(images, ys, draw);
  } finally {
    tf.dispose([images, ys]);
  }
}

/** Examples as the mixer wants them, and their label rows. */
function readVaried(
  dataset: Dataset,
  indices: Int32Array,
  { preprocessing, augment, resident, chance }: MixBatchOptions,
): { images: tf.Tensor4D; ys: tf.Tensor2D } {
  if (!resident) {
    const { xs, ys } = readExamples(dataset, indices, preprocessing);
    return { images: augmented(xs, augment, chance), ys };
  }
  const steps = trainingSteps(preprocessing, augment);
  const { xs, ys } = resident.read(indices, { random: chance, ...(steps && { augment: steps }) });
  return { images: xs, ys };
}

/** The examples of a draw from a whole set, one after the other, and the same draw among these. */
function gathered({ first, partner, third, ...rest }: SetDraw): {
  indices: Int32Array;
  draw: SetDraw;
} {
  const count = first.length;
  const parts = [first, partner, ...(third ? [third.partner] : [])];
  const indices = new Int32Array(parts.length * count);
  const places = parts.map((part, i) => {
    indices.set(part, i * count);
    return Int32Array.from({ length: count }, (_, n) => i * count + n);
  });
  const [ours, theirs, others] = places as [Int32Array, Int32Array, Int32Array?];
  const draw = { ...rest, first: ours, partner: theirs };
  return {
    indices,
    draw: third && others ? { ...draw, third: { ...third, partner: others } } : draw,
  };
}
