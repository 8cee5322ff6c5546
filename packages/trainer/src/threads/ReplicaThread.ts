import { SharedSum } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
import { checkFirstLogits } from '../training/checkFirstLogits.js';
import type { StepAt } from '../training/Engine.js';
import { forward } from '../training/forward.js';
import { describeNonFinite } from '../training/nonFinite.js';
import { disposePass, type Pass, type Replica } from '../training/Replica.js';
import { readStep } from '../training/readStep.js';
import type { Answers, ReplicaData, Share } from './protocol.js';

/** What a thread does for the others: gradients of its share, summed with theirs, then the step. */
export class ReplicaThread {
  readonly #sum: SharedSum;
  #first = true;

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
    const weight = (share.to - share.from) / share.total;
    const { xs, ys } = this.#tensors(share);
    const pass = weight > 0 ? this.replica.pass(xs, ys, at.step, share.from, weight) : null;
    let summed: tf.NamedTensorMap = {};
    let applied = false;
    try {
      if (pass && this.#first) await checkFirstLogits(this.replica.loss, pass.logits);
      this.#first = false;
      const parts = await this.#parts(pass, ys, weight);
      this.#sum.reduce([
        ...Object.values(parts.gradients),
        ...Object.values(parts.others),
        parts.numbers,
      ]);
      const [loss, accuracy] = Array.from(parts.numbers) as [number, number];
      summed = this.#toTensors(parts.gradients, this.replica.weights.trainable);
      if (!Number.isFinite(loss) || !(await areFinite(summed))) {
        return {
          loss,
          failure: pass && (await describeNonFinite(this.replica, pass, xs, ys, at.learningRate)),
        };
      }
      this.replica.apply(summed, at.learningRate);
      this.#assignOthers(parts.others);
      applied = true;
      return { loss, accuracy };
    } finally {
      if (pass) {
        if (!applied) this.replica.undo(pass);
        disposePass(pass);
      }
      tf.dispose([xs, ys, summed]);
    }
  }

  async forward(share: Share): Promise<Answers['forward']> {
    if (share.from === share.to) return { loss: 0, said: new Int32Array(0) };
    const { xs, ys } = this.#tensors(share);
    try {
      return await forward(this.replica.model, this.replica.loss, xs, ys);
    } finally {
      tf.dispose([xs, ys]);
    }
  }

  async pull(): Promise<Answers['pull']> {
    const { trainable, others } = this.replica.weights;
    return {
      weights: await tf.io.encodeWeights({ ...trainable, ...others }),
      optimizer: await tf.io.encodeWeights(this.replica.optimizer.state()),
    };
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

  /** What this replica brings to the sum; zeros when it had no examples. */
  async #parts(pass: Pass | null, ys: tf.Tensor, weight: number) {
    const { trainable, others } = this.replica.weights;
    const gradients: Record<string, Float32Array> = {};
    for (const [name, variable] of Object.entries(trainable)) {
      const gradient = pass?.gradients[name];
      gradients[name] = gradient
        ? ((await gradient.data()) as Float32Array)
        : new Float32Array(variable.size);
    }
    const rest: Record<string, Float32Array> = {};
    for (const [name, variable] of Object.entries(others)) {
      rest[name] = ((await variable.data()) as Float32Array).map((x) => x * weight);
    }
    const numbers = new Float32Array(2);
    if (pass) {
      // Whether the gradients are finite is looked at once they are summed.
      const { loss, accuracy } = await readStep({ ...pass, gradients: {} }, ys);
      numbers.set([loss, accuracy * weight]);
    }
    return { gradients, others: rest, numbers };
  }

  #toTensors(
    values: Record<string, Float32Array>,
    like: Record<string, tf.Variable>,
  ): tf.NamedTensorMap {
    return Object.fromEntries(
      Object.entries(values).map(([name, part]) => [
        name,
        tf.tensor(part, (like[name] as tf.Variable).shape),
      ]),
    );
  }

  /** Running statistics become the average of all replicas'. */
  #assignOthers(values: Record<string, Float32Array>): void {
    for (const [name, variable] of Object.entries(this.replica.weights.others)) {
      tf.tidy(() => variable.assign(tf.tensor(values[name] as Float32Array, variable.shape)));
    }
  }
}

async function areFinite(tensors: tf.NamedTensorMap): Promise<boolean> {
  const sum = tf.tidy(() => tf.sum(tf.stack(Object.values(tensors).map((x) => tf.sum(x)))));
  const [value] = await sum.data();
  sum.dispose();
  return Number.isFinite(value);
}
