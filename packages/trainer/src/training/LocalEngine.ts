import type * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batches.js';
import type { Engine, StepAt, StepTaken } from './Engine.js';
import { type Evaluated, forward } from './forward.js';
import type { Replica } from './Replica.js';
import { takeStep } from './takeStep.js';

/** Trains in this thread, on the backend that is set, each step read before it is taken. */
export class LocalEngine implements Engine {
  readonly threads = 1;
  #first = true;

  constructor(readonly replica: Replica) {}

  async *steps(
    source: AsyncGenerator<Batch, void, undefined>,
    at: (index: number) => StepAt,
  ): AsyncGenerator<StepTaken, void, undefined> {
    for await (const batch of source) {
      const first = this.#first;
      this.#first = false;
      yield await takeStep(this.replica, batch, at, { first });
    }
  }

  forward(xs: tf.Tensor, ys: tf.Tensor): Promise<Evaluated> {
    const { model, loss } = this.replica;
    return this.replica.averaged(() => forward(model, loss, xs, ys));
  }

  async sync(): Promise<void> {}

  async close(): Promise<void> {}
}
