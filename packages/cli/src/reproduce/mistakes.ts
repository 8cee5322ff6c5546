import {
  type Dataset,
  flip,
  Preprocessing,
  padCrop,
  type RawImages,
  readExamples,
} from '@bcl/datasets';
import { Mixer, type MixerConfig, type MixerState } from '@bcl/mixing';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { Mistake } from '../experiments/Experiment.js';

// Each mistake as the report made it. They are built here, from outside: the packages refuse most of them.

/** `(x / 255 - ½) / ½`, whatever the data; for BC+ each image has lost its mean before. */
export function halfScaled(right: Preprocessing): Preprocessing {
  const { method, shape, classes } = right;
  const each = (value: number) => new Array<number>(shape[2]).fill(value);
  const mean = each(method === 'bc+' ? 0 : 127.5);
  return new Preprocessing({ method, mean, std: each(127.5), shape, classes });
}

/** Every image mirrored: "random" flipping with a probability of 1. */
export function alwaysFlipped(dataset: Dataset): Dataset {
  const { data } = flip(raw(dataset, dataset.images), { random: () => 0 });
  return { ...dataset, images: data };
}

/** Every image flipped by chance and cropped once, for all epochs to come. */
export function augmentedOnce(
  dataset: Dataset,
  { padding, flip: mirror }: { padding: number; flip: boolean },
  seed: number,
): Dataset {
  const random = createRandom(seed);
  const { images, shape } = dataset;
  const channels = shape[2];
  // Around the set's mean colour, which padding is of where images are normalised first.
  const mean = meanColor(dataset);
  const around = Float32Array.from(images, (v, i) => v - (mean[i % channels] as number));
  const flips = mirror ? flip(raw(dataset, around), { random: random.stream('flip') }) : undefined;
  const { data } = padCrop(flips ?? raw(dataset, around), {
    padding,
    random: random.stream('crop'),
  });
  const bytes = Uint8Array.from(data, (v, i) => Math.round(v + (mean[i % channels] as number)));
  return { ...dataset, images: bytes };
}

function raw<T extends Uint8Array | Float32Array>(
  { labels, shape }: Dataset,
  data: T,
): RawImages<T> {
  return { data, shape: [labels.length, ...shape] };
}

function meanColor({ images, shape: [, , channels] }: Dataset): number[] {
  const sums = new Array<number>(channels).fill(0);
  images.forEach((v, i) => {
    sums[i % channels] = (sums[i % channels] as number) + v;
  });
  return sums.map((sum) => (sum * channels) / images.length);
}

/** Draws in every epoch what it drew in the first. */
export class FrozenMixer extends Mixer {
  readonly #start: MixerState;
  #restoring = false;

  constructor(config: MixerConfig) {
    super(config);
    this.#start = this.state();
  }

  override get epoch(): number {
    return super.epoch;
  }

  /** A new epoch begins where the first one did. */
  override set epoch(epoch: number) {
    if (!this.#restoring && epoch !== super.epoch) this.restore(this.#start);
    super.epoch = epoch;
  }

  /** Goes on in the middle of an epoch, as any mixer. */
  override restore(state: MixerState): void {
    this.#restoring = true;
    try {
      super.restore(state);
    } finally {
      this.#restoring = false;
    }
  }
}

export interface Evaluation {
  accuracy: number;
  loss: number;
}

/** Evaluates with the mistakes that are made in the test. */
export async function evaluateMistaken(
  model: LayersModel,
  loss: (labels: tf.Tensor, logits: tf.Tensor) => tf.Tensor,
  preprocessing: Preprocessing,
  test: Dataset,
  mistakes: readonly Mistake[],
): Promise<Evaluation> {
  const raw = mistakes.includes('raw test images');
  const answer = mistakes.includes('dropout in test')
    ? withDropout(model)
    : (xs: tf.Tensor) => model.predict(xs) as tf.Tensor;
  const batch = 128;
  let hits = 0;
  let losses = 0;
  for (let start = 0; start < test.labels.length; start += batch) {
    const count = Math.min(batch, test.labels.length - start);
    const indices = Int32Array.from({ length: count }, (_, i) => start + i);
    const { xs, ys, ids } = readExamples(test, indices, raw ? undefined : preprocessing);
    const [said, mean] = tf.tidy(() => {
      const logits = answer(raw ? tf.div(xs, 255) : xs);
      return [tf.argMax(logits, 1), tf.mean(loss(ys, logits))];
    });
    const classes = await said.data();
    hits += ids.reduce((sum, id, i) => sum + (classes[i] === id ? 1 : 0), 0);
    losses += ((await mean.data())[0] as number) * count;
    tf.dispose([xs, ys, said, mean]);
  }
  return { accuracy: hits / test.labels.length, loss: losses / test.labels.length };
}

/** The model in evaluation up to its flattened features, and in training, that is with dropout, behind them. */
function withDropout(model: LayersModel): (xs: tf.Tensor) => tf.Tensor {
  const flat = model.layers.findIndex(({ name }) => name === 'flatten');
  const features = model.getLayer('flatten').output as SymbolicTensor;
  const front = modelOf({ inputs: model.inputs, outputs: features });
  const behind = model.layers.slice(flat + 1);
  return (xs) =>
    behind.reduce(
      (x, layer) => layer.call(x, { training: true }) as tf.Tensor,
      front.predict(xs) as tf.Tensor,
    );
}
