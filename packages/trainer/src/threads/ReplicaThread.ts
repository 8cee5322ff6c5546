import { SharedSum } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
import { checkFirstLogits } from '../training/checkFirstLogits.js';
import type { StepAt } from '../training/Engine.js';
import { forward } from '../training/forward.js';
import { describeNonFinite } from '../training/nonFinite.js';
import { disposePass, type Pass, type Replica } from '../training/Replica.js';
import { isFiniteStep, readStep } from '../training/readStep.js';
import { Arrival, carriedTensors, load, numbersOf } from './carried.js';
import { inPlace } from './inPlace.js';
import type { Answers, ReplicaData, Requests, Share } from './protocol.js';

/** What a thread does for the others: gradients of its share, summed with theirs, then the step. */
export class ReplicaThread {
  readonly #sum: SharedSum;
  #first = true;
  #arrival: Arrival | undefined;

  constructor(
    readonly replica: Replica,
    readonly data: ReplicaData,
  ) {
    this.#sum = SharedSum.attach(data.sum, data.rank);
  }

  /** Ends the work of all threads. */
  abort(reason: string): void {
    this.#sum.abort(reason);
  }

  async step(share: Share, at: StepAt): Promise<Answers['step']> {
    const { replica } = this;
    const weight = (share.to - share.from) / share.total;
    const { xs, ys } = this.#tensors(share);
    let pass: Pass | null = null;
    let gradients: tf.NamedTensorMap = {};
    let applied = false;
    try {
      if (weight > 0) pass = replica.pass(xs, ys, at.step, share.from, weight);
      gradients = this.#gradients(pass);
      if (pass && this.#first) await checkFirstLogits(replica.loss, pass.logits);
      this.#first = false;
      const others = await this.#others(weight);
      const numbers = new Float32Array(3);
      if (pass) {
        const { loss, accuracy, gradientSum } = await readStep(pass, ys);
        numbers.set([loss, accuracy * weight, gradientSum]);
      }
      gradients = await inPlace(gradients, (parts) => {
        this.#sum.reduce([...parts, ...Object.values(others), numbers]);
      });
      const [loss, accuracy, gradientSum] = Array.from(numbers) as [number, number, number];
      if (!isFiniteStep({ loss, accuracy, gradientSum })) {
        // Every replica sees the same sums, so that all of them come here or none.
        const summed = pass && { ...pass, gradients };
        const culprit =
          summed && (await describeNonFinite(replica, summed, xs, ys, at.learningRate));
        return { loss, culprit };
      }
      const change = await replica.apply(gradients, at.learningRate);
      this.#assignOthers(others);
      replica.track();
      applied = true;
      return { loss, accuracy, change };
    } finally {
      if (pass) {
        if (!applied) replica.undo(pass);
        disposePass({ ...pass, gradients: {} });
      }
      tf.dispose([xs, ys, gradients]);
    }
  }

  async forward(share: Share): Promise<Answers['forward']> {
    if (share.from === share.to) return { loss: 0, rows: new Float32Array(0) };
    const { xs, ys } = this.#tensors(share);
    try {
      const { model, loss } = this.replica;
      return await this.replica.averaged(() => forward(model, loss, xs, ys));
    } finally {
      tf.dispose([xs, ys]);
    }
  }

  put({ tensor, from, to }: Requests['put']): void {
    this.#arrival ??= new Arrival();
    this.#arrival.take(tensor, this.data.carrier, from, to);
  }

  /** Takes over the state that has been put here. */
  adopt({ numbers }: Requests['adopt']): void {
    const arrival = this.#arrival ?? new Arrival();
    this.replica.adopt(arrival.state(numbers));
    arrival.dispose();
    this.#arrival = undefined;
  }

  async pull({ index, from }: Requests['pull']): Promise<Answers['pull']> {
    const { state } = this.replica;
    const next = carriedTensors(state)[index];
    if (!next) return { numbers: numbersOf(state) };
    return { tensor: next.carried, to: await load(this.data.carrier, next.tensor, from) };
  }

  /** The share's examples, out of shared memory. */
  #tensors({ slot, from, to }: Share): { xs: tf.Tensor; ys: tf.Tensor } {
    const { slots, imageShape, classes } = this.data;
    const { xs, ys } = slots[slot] as ReplicaData['slots'][number];
    const pixels = tf.util.sizeFromShape(imageShape);
    const count = to - from;
    const read = (buffer: SharedArrayBuffer, size: number, shape: number[]) =>
      tf.tensor(new Float32Array(buffer, 4 * from * size, count * size), [count, ...shape]);
    return { xs: read(xs, pixels, imageShape), ys: read(ys, classes, [classes]) };
  }

  /** A gradient of its own memory for each weight; zeros where this replica has none. */
  #gradients(pass: Pass | null): tf.NamedTensorMap {
    const seen = new Set<object>();
    const gradients: tf.NamedTensorMap = {};
    for (const [name, variable] of Object.entries(this.replica.weights.trainable)) {
      const gradient = pass?.gradients[name];
      if (!gradient) gradients[name] = tf.zeros(variable.shape);
      else if (!seen.has(gradient.dataId)) gradients[name] = gradient;
      else {
        gradients[name] = tf.add(gradient, 0);
        gradient.dispose();
      }
      if (gradient) seen.add(gradient.dataId);
    }
    return gradients;
  }

  /** The weights that layers keep for themselves, times this replica's share of the batch. */
  async #others(weight: number): Promise<Record<string, Float32Array>> {
    const values: Record<string, Float32Array> = {};
    for (const [name, variable] of Object.entries(this.replica.weights.others)) {
      values[name] = ((await variable.data()) as Float32Array).map((x) => x * weight);
    }
    return values;
  }

  /** Running statistics become the average of all replicas'. */
  #assignOthers(values: Record<string, Float32Array>): void {
    for (const [name, variable] of Object.entries(this.replica.weights.others)) {
      tf.tidy(() => variable.assign(tf.tensor(values[name] as Float32Array, variable.shape)));
    }
  }
}
