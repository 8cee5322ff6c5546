import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { listed } from './badFile.js';
import { classifierOf } from './classifier.js';
import { parseWeights } from './formats/parseWeights.js';
import { type Match, matchWeights } from './matchWeights.js';
import type { ReadWeightsOptions } from './readWeights.js';
import { sourceBytes, type WeightSource } from './sourceBytes.js';
import { fromTorchLayout } from './torchLayout.js';

export interface LoadWeightsOptions extends ReadWeightsOptions {
  /** Whether the file must hold all weights of the model and no others; true unless told. Shapes must fit either way. */
  strict?: boolean;
  /**
   * Whether the classifier, the layer that gives the logits, is left out of what is loaded and drawn anew; false unless told.
   * For weights that were trained on other classes.
   */
  headless?: boolean;
  /** What stands before names in the file and is taken off. `module.` and `_orig_mod.` before all names are taken off unasked. */
  prefix?: string;
  /** Turns a name in the file, less its prefix, into the name that it has here; null for what is to be passed over. */
  rename?: (name: string) => string | null;
  /** Whether NaN and infinite values are let in; false unless told. */
  nonFinite?: boolean;
}

/** What came of loading. Names are PyTorch's, as the model has them. */
export interface LoadedWeights {
  /** Weights that hold now what the file held. */
  loaded: string[];
  /** Weights of the classifier that were drawn anew. */
  fresh: string[];
  /** Weights that the file did not hold, which are as before; none if `strict`. */
  missing: string[];
  /** What the file held beside; none if `strict`. */
  unexpected: string[];
}

/**
 * Fills a model with the weights in a file, `.safetensors` or PyTorch's `.pth`, whose names and layouts are PyTorch's. All of
 * it is loaded, or the model stays as it was.
 *
 * Weights become float32, so that those of 16 bits are exact and those of 64 bits are rounded. A checkpoint is opened where its
 * state dict is. `num_batches_tracked`, on which no result depends, is passed over.
 *
 * @param source A path (in Node), a URL, a `Blob`, or bytes.
 * @throws Error for a file that cannot be read, as `readWeights` says; for one that does not fit the model, with all names that
 * are missing, unexpected or misshapen, in full in `error.cause`; and for NaN or infinite values.
 *
 * @example
 * ```ts
 * import { convnet, loadWeights, saveWeights } from '@bcl/models';
 *
 * const trained = convnet({ classes: 100, seed: 1 });
 * const file = await saveWeights(trained); // or the path or URL of a file
 * const model = convnet({ classes: 10, seed: 2 });
 * const { fresh } = await loadWeights(model, file, { headless: true });
 * fresh; // => ['fc6.weight', 'fc6.bias']
 * trained.dispose();
 * model.dispose();
 * ```
 */
export async function loadWeights(
  model: LayersModel,
  source: WeightSource,
  options: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  const { under, checksums = true, headless = false, nonFinite = false } = options;
  const { file, bytes } = await sourceBytes(source);
  const tensors = await parseWeights(bytes, { file, under, checksums });
  const classifier = headless ? classifierOf(model) : null;
  const passedOver = classifier?.weights.map(({ name }) => name) ?? [];
  const { matches, missing, unexpected } = matchWeights(model, tensors, file, {
    ...options,
    passedOver,
  });
  // All is made before anything is put in place: from here on nothing fails.
  const values = tf.tidy(() => valuesOf(matches, file, nonFinite));
  const fresh = tf.tidy(() => classifier?.weights.map(({ draw }) => draw()) ?? []);
  for (const [i, { ours }] of matches.entries()) ours.weight.write(values[i] as tf.Tensor);
  for (const [i, { weight }] of (classifier?.weights ?? []).entries()) {
    weight.write(fresh[i] as tf.Tensor);
  }
  tf.dispose([values, fresh]);
  return { loaded: matches.map(({ ours }) => ours.name), fresh: passedOver, missing, unexpected };
}

/** The new values of weights, in our layout. */
function valuesOf(matches: readonly Match[], file: string, nonFinite: boolean): tf.Tensor[] {
  const bad: string[] = [];
  const tensors = matches.map(({ ours, stored }) => {
    const values = stored.narrowed();
    if (!nonFinite && !allFinite(values)) bad.push(ours.name);
    // A backend may keep the array that it is given, and this one may be the file's.
    if (ours.shape.length < 2) return tf.tensor(values.slice(), ours.shape);
    return fromTorchLayout(tf.tensor(values, ours.shape));
  });
  if (bad.length === 0) return tensors;
  throw new Error(
    `loadWeights: weights must be finite, got NaN or infinity in ${listed(bad, 12)} of ${file}; to load it all the same, pass { nonFinite: true }`,
  );
}

/** Whether no value is NaN or infinite. */
function allFinite(values: Float32Array | Int32Array): boolean {
  let sum = 0;
  // 0 for what is finite, NaN for the rest.
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) * 0;
  return sum === 0;
}
