import { checkLogits } from '@bcl/losses';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batches.js';
import type { Engine, StepAt, StepResult } from './Engine.js';
import { nameOfLoss } from './Loss.js';
import { describeNonFinite } from './nonFinite.js';
import { disposePass, type Pass, type Replica } from './Replica.js';

/** Trains in this process, on the backend that is set. */
export class LocalEngine implements Engine {
  readonly threads = 1;
  #first = true;

  constructor(readonly replica: Replica) {}

  async step(batch: Batch, at: StepAt): Promise<StepResult> {
    const { replica } = this;
    const pass = replica.pass(batch.xs, batch.ys, at.step);
    let applied = false;
    try {
      const [loss, accuracy, gradientSum] = await read(pass, batch.ys);
      if (!Number.isFinite(loss) || !Number.isFinite(gradientSum)) {
        throw await nonFiniteError(replica, pass, batch, at, loss);
      }
      if (this.#first && nameOfLoss(replica.loss)) await checkLogits(pass.logits);
      this.#first = false;
      replica.apply(pass.gradients, at.learningRate);
      applied = true;
      return { loss, accuracy };
    } finally {
      if (!applied) replica.undo(pass);
      disposePass(pass);
    }
  }

  async sync(): Promise<void> {}

  async close(): Promise<void> {}
}

/** Loss, accuracy and the sum of all gradients, which is finite only when each of them is. */
async function read(pass: Pass, ys: tf.Tensor): Promise<[number, number, number]> {
  const numbers = tf.tidy(() => {
    const hits = tf.equal(tf.argMax(pass.logits, -1), tf.argMax(ys, -1));
    const sums = Object.values(pass.gradients).map((gradient) => tf.sum(gradient));
    const gradientSum = sums.length > 0 ? tf.sum(tf.stack(sums)) : tf.scalar(0);
    return tf.stack([pass.loss, tf.mean(tf.cast(hits, 'float32')), gradientSum]);
  });
  try {
    return Array.from(await numbers.data()) as [number, number, number];
  } finally {
    numbers.dispose();
  }
}

async function nonFiniteError(
  replica: Replica,
  pass: Pass,
  { xs, ys }: Batch,
  { step, epoch, learningRate }: StepAt,
  loss: number,
): Promise<Error> {
  const weights = { ...replica.weights.trainable, ...pass.before };
  const { logits, gradients } = pass;
  const tensors = { images: xs, labels: ys, weights, logits, loss: pass.loss, gradients };
  const where = await describeNonFinite(tensors, learningRate);
  const what = Number.isFinite(loss) ? 'the gradient is not finite' : `the loss is ${loss}`;
  return new Error(
    `ModelManager.train: ${what} at step ${step + 1} (epoch ${epoch}), ${where ?? 'by overflow of a sum'}; the weights are as before the step`,
  );
}
