import { type VariableGradients, variableGradients } from '@bcl/backends';
import type { Draw } from '@bcl/mixing';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SavedReplica, SavedTensors } from '../checkpoint/Checkpoint.js';
import type { Optimizer, OptimizerSwitch } from '../optimizers/Optimizer.js';
import { applyInTraining } from './applyInTraining.js';
import { innermostLayers, type Layer } from './innermostLayers.js';
import type { Loss } from './Loss.js';
import { type NamedWeights, namedWeights } from './namedWeights.js';
import { handles, type ReplicaState } from './ReplicaState.js';
import type { WeightAverage } from './WeightAverage.js';

/** What one pass forward and back gives. All tensors are the caller's. */
export interface Pass {
  /** Mean loss, a scalar; times the weight of the part, as the gradients. */
  loss: tf.Tensor;
  logits: tf.Tensor;
  /** Under the names of `weights.trainable`. */
  gradients: tf.NamedTensorMap;
  /** The other weights as they were before the pass, for `undo`. */
  before: tf.NamedTensorMap;
}

/** A layer that draws its masks from where an example stands in the run. */
interface Seekable {
  seek(step: number, firstExample: number): void;
}

/** The layer `MixAt` of `@bcl/mixing/layers`, which mixes the activations that pass it by a draw. */
interface Mixing {
  use(draw: Draw | null): void;
}

/** One copy of a model with its optimizer: computes gradients and applies them. */
export class Replica {
  readonly weights: NamedWeights;
  /** All weights. */
  readonly all: Record<string, tf.Variable>;
  /** All that training changes. */
  readonly moving: Record<string, tf.Variable>;
  readonly #seekable: Seekable[];
  readonly #mixing: Mixing[];

  constructor(
    readonly model: LayersModel,
    readonly optimizer: Optimizer,
    readonly loss: Loss,
    readonly average: WeightAverage | null = null,
  ) {
    this.weights = namedWeights(model);
    this.moving = { ...this.weights.trainable, ...this.weights.others };
    this.all = { ...this.moving, ...this.weights.frozen };
    const layers = innermostLayers(model.layers);
    this.#seekable = layers.filter((layer) => 'seek' in layer) as unknown as Seekable[];
    this.#mixing = layers.filter(isMixing) as unknown as Mixing[];
  }

  /** Whether activations are mixed inside of the model, instead of images before it. */
  get mixesInside(): boolean {
    return this.#mixing.length > 0;
  }

  /** Gives the draw of the passes that follow to the layer that mixes by it; null not to mix. */
  useDraw(draw: Draw | null): void {
    for (const layer of this.#mixing) layer.use(draw);
  }

  /**
   * Loss and gradients of a batch, or of a part of it. Where it throws, the replica is as before.
   *
   * @param step Steps of the run before this one.
   * @param firstExample Place of the part's first example in the batch.
   * @param weight Share of the batch, by which loss and gradients are multiplied.
   */
  pass(xs: tf.Tensor, ys: tf.Tensor, step: number, firstExample = 0, weight = 1): Pass {
    for (const layer of this.#seekable) layer.seek(step, firstExample);
    const before = handles(this.weights.others);
    let logits: tf.Tensor | undefined;
    let given: VariableGradients;
    try {
      given = variableGradients(() => {
        const output = applyInTraining(this.model, xs);
        logits = tf.keep(tf.clone(output));
        const mean = tf.mean(this.loss(ys, output)) as tf.Scalar;
        return weight === 1 ? mean : tf.mul<tf.Scalar>(mean, weight);
      }, Object.values(this.weights.trainable));
    } catch (error) {
      this.undo({ before });
      tf.dispose([before, ...(logits ? [logits] : [])]);
      throw error;
    }
    const { value, grads } = given;
    const gradients: tf.NamedTensorMap = {};
    for (const [name, variable] of Object.entries(this.weights.trainable)) {
      const gradient = grads[variable.name];
      if (gradient) gradients[name] = gradient;
    }
    return { loss: value, logits: logits as tf.Tensor, gradients, before };
  }

  /** Takes the optimizer's step. */
  move(gradients: tf.NamedTensorMap, learningRate: number): void {
    this.optimizer.step(this.weights.trainable, gradients, learningRate);
  }

  /** Takes the optimizer's step, settles it, and says if that has changed its ways. */
  async apply(gradients: tf.NamedTensorMap, learningRate: number): Promise<OptimizerSwitch | null> {
    this.move(gradients, learningRate);
    return (await this.optimizer.settle?.()) ?? null;
  }

  /** Takes the weights after a step into their average. */
  track(): void {
    this.average?.update(this.moving);
  }

  /** Runs something while the model has its averaged weights, where there are such. */
  async averaged<T>(run: () => Promise<T>): Promise<T> {
    const means = this.average?.means ?? {};
    if (Object.keys(means).length === 0) return run();
    // What was averaged before a layer was frozen is lent too, and given back.
    const names = Object.keys(means).filter((name) => this.all[name]);
    const own = handles(
      Object.fromEntries(names.map((name) => [name, this.all[name] as tf.Variable])),
    );
    this.#assign(means);
    try {
      return await run();
    } finally {
      this.#assign(own);
      tf.dispose(own);
    }
  }

  /** All that it holds. */
  get state(): ReplicaState {
    const { average } = this;
    return {
      weights: this.all,
      optimizer: this.optimizer.state(),
      average: average && { means: { ...average.means }, steps: average.steps },
    };
  }

  /** Takes over a state, which stays the caller's. An average that is not in it begins anew. */
  adopt({ weights, ...training }: ReplicaState): void {
    this.#assign(weights);
    this.#adoptTraining(training);
  }

  /** All tensors of the replica as bytes. */
  async save(): Promise<SavedReplica> {
    const { weights, optimizer, average } = this.state;
    return {
      weights: await tf.io.encodeWeights(weights),
      optimizer: { ...(await tf.io.encodeWeights(optimizer.tensors)), numbers: optimizer.numbers },
      average: average && {
        ...(await tf.io.encodeWeights(average.means)),
        steps: average.steps,
      },
    };
  }

  /** Goes on where a replica was saved. An average that was not saved begins anew. */
  restore(saved: SavedReplica): void {
    withTensors(saved.weights, (values) => this.#assign(values));
    this.restoreTraining(saved);
  }

  /** Takes over all that was saved but the weights of the model. */
  restoreTraining({ optimizer, average }: SavedReplica): void {
    withTensors(optimizer, (tensors) => {
      withTensors(average ?? { data: new ArrayBuffer(0), specs: [] }, (means) => {
        this.#adoptTraining({
          optimizer: { tensors, numbers: optimizer.numbers },
          average: average && { means, steps: average.steps },
        });
      });
    });
  }

  #adoptTraining({ optimizer, average }: Omit<ReplicaState, 'weights'>): void {
    this.optimizer.restore(optimizer);
    if (average) this.average?.restore(average.means, average.steps);
    else this.average?.dispose();
  }

  #assign(values: Readonly<Record<string, tf.Tensor>>): void {
    for (const [name, value] of Object.entries(values)) this.all[name]?.assign(value);
  }

  /** Gives the other weights back what they held before a pass that is not to count. */
  undo({ before }: Pick<Pass, 'before'>): void {
    for (const [name, value] of Object.entries(before)) this.weights.others[name]?.assign(value);
  }
}

/** Frees the tensors of a pass. */
export function disposePass({ loss, logits, gradients, before }: Pass): void {
  tf.dispose([loss, logits, gradients, before]);
}

/** Lends tensors that are saved as bytes. */
function withTensors({ data, specs }: SavedTensors, use: (tensors: tf.NamedTensorMap) => void) {
  const tensors = tf.io.decodeWeights(data, specs);
  use(tensors);
  tf.dispose(tensors);
}

function isMixing(layer: Layer): boolean {
  return layer.getClassName() === 'BclMixAt';
}
