import { type BackendName, useBackend } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
// Brings the gradients of all ops along.
import '@tensorflow/tfjs-layers';

/** How long it measures, milliseconds. */
const BUDGET = 2000;
/** Long enough that what a step costs beside its products does not count, milliseconds. */
const STEP = 100;
/** Products and sums of one image: a 3×3 convolution of 64 channels on 8×8 pixels, with both gradients. */
const FLOP = 3 * 2 * 8 * 8 * 64 * 64 * 9;

/** Speed of a backend in GFLOP/s, measured for about two seconds by what training mostly does. */
export async function measureSpeed(name: BackendName): Promise<number> {
  tf.enableProdMode(); // no banner
  await useBackend(name);
  let batch = 1;
  let taken = await step(batch);
  // The first step compiles and warms up; the batch grows until the time is that of the products.
  for (taken = await step(batch); taken < STEP && batch < 2048; taken = await step(batch)) {
    batch *= 2;
  }
  const all = [taken];
  for (let spent = taken; spent < BUDGET; spent += taken) {
    taken = await step(batch);
    all.push(taken);
  }
  all.sort((a, b) => a - b);
  const median = all[Math.floor(all.length / 2)] as number;
  return (batch * FLOP) / (1e6 * median);
}

/** Milliseconds for a convolution and its gradients, read back as one number. */
async function step(batch: number): Promise<number> {
  const start = performance.now();
  const sum = tf.tidy(() => {
    const x = tf.fill([batch, 8, 8, 64], 0.5);
    const filter = tf.fill([3, 3, 64, 64], 0.25);
    const gradients = tf.grads((a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'));
    const [dx, dFilter] = gradients([x, filter]) as [tf.Tensor, tf.Tensor];
    return tf.add(tf.sum(dx), tf.sum(dFilter));
  });
  await sum.data();
  sum.dispose();
  return performance.now() - start;
}
