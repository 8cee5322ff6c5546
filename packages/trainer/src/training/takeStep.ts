import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batches.js';
import { checkFirstLogits } from './checkFirstLogits.js';
import { nonFiniteError, type StepAt, type StepTaken } from './Engine.js';
import { describeNonFinite } from './nonFinite.js';
import { disposePass, type Pass, type Replica } from './Replica.js';
import { isFiniteStep, readStep } from './readStep.js';

/**
 * Takes a step with a batch, which is disposed, once its numbers are read and found finite. Where it
 * throws, the replica is as before.
 */
export async function takeStep(
  replica: Replica,
  { xs, ys, draw, index, mixerState }: Batch,
  at: (index: number) => StepAt,
  { first }: { first: boolean },
): Promise<StepTaken> {
  let pass: Pass | undefined;
  let applied = false;
  try {
    const where = at(index);
    const { step, learningRate } = where;
    replica.useDraw(draw ?? null);
    pass = replica.pass(xs, ys, step);
    const reading = await readStep(pass, ys);
    const { loss, accuracy } = reading;
    if (!isFiniteStep(reading)) {
      const culprit = await describeNonFinite(replica, pass, xs, ys, learningRate);
      throw nonFiniteError(loss, where, culprit);
    }
    if (first) await checkFirstLogits(replica.loss, pass.logits);
    const change = await replica.apply(pass.gradients, learningRate);
    replica.track();
    applied = true;
    return { index, mixerState, count: xs.shape[0], learningRate, loss, accuracy, change };
  } finally {
    if (pass) {
      if (!applied) replica.undo(pass);
      disposePass(pass);
    }
    tf.dispose([xs, ys]);
  }
}
