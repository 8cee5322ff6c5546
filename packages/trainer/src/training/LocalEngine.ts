import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batches.js';
import { checkFirstLogits } from './checkFirstLogits.js';
import { type Engine, nonFiniteError, type Ready, type StepAt, type StepResult } from './Engine.js';
import { type Evaluated, forward } from './forward.js';
import { describeNonFinite } from './nonFinite.js';
import { disposePass, type Pass, type Replica } from './Replica.js';
import { readStep } from './readStep.js';

/** Trains in this thread, on the backend that is set. */
export class LocalEngine implements Engine {
  readonly threads = 1;
  #first = true;

  constructor(readonly replica: Replica) {}

  async *feed(
    source: AsyncGenerator<Batch, void, undefined>,
  ): AsyncGenerator<Ready, void, undefined> {
    for await (const batch of source) {
      const { xs, ys, index, mixerState } = batch;
      try {
        yield { index, mixerState, count: xs.shape[0], take: (at) => this.#step(batch, at) };
      } finally {
        tf.dispose([xs, ys]);
      }
    }
  }

  forward(xs: tf.Tensor, ys: tf.Tensor): Promise<Evaluated> {
    const { model, loss } = this.replica;
    return this.replica.averaged(() => forward(model, loss, xs, ys));
  }

  async sync(): Promise<void> {}

  async close(): Promise<void> {}

  async #step({ xs, ys, draw }: Batch, at: StepAt): Promise<StepResult> {
    const { replica } = this;
    let pass: Pass | undefined;
    let applied = false;
    try {
      replica.useDraw(draw ?? null);
      pass = replica.pass(xs, ys, at.step);
      const { loss, accuracy, gradientSum } = await readStep(pass, ys);
      if (!Number.isFinite(loss) || !Number.isFinite(gradientSum)) {
        throw nonFiniteError(
          loss,
          at,
          await describeNonFinite(this.replica, pass, xs, ys, at.learningRate),
        );
      }
      if (this.#first) await checkFirstLogits(replica.loss, pass.logits);
      this.#first = false;
      const change = await replica.apply(pass.gradients, at.learningRate);
      replica.track();
      applied = true;
      return { loss, accuracy, change };
    } finally {
      if (pass) {
        if (!applied) replica.undo(pass);
        disposePass(pass);
      }
      tf.dispose([xs, ys]);
    }
  }
}
