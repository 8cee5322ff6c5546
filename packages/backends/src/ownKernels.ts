import * as tf from '@tensorflow/tfjs-core';

const own = new WeakSet<tf.KernelConfig>();

/** Marks a kernel as one of ours. */
export function markOwn(config: tf.KernelConfig): tf.KernelConfig {
  own.add(config);
  return config;
}

/** Whether a kernel is one of ours. */
export function isOwn(config: tf.KernelConfig): boolean {
  return own.has(config);
}

/** Whether the current backend's kernel of a name is one of ours. */
export function usesOwn(name: string): boolean {
  const config = tf.getKernel(name, tf.getBackend());
  return config !== undefined && isOwn(config);
}
