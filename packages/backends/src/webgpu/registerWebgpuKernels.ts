import * as tf from '@tensorflow/tfjs-core';
import { betweenClassKernel } from './betweenClass.js';
import type { WebgpuBackend } from './webgpuKernel.js';

/**
 * Gives the webgpu backend, which must be the current one, the kernels of ours that it can have. Where its
 * internals are not as expected nothing is changed, and TensorFlow.js's own ops do the work.
 */
export function registerWebgpuKernels(): void {
  const backend = tf.backend() as WebgpuBackend;
  if (tf.getBackend() !== 'webgpu' || typeof backend.runWebGPUProgram !== 'function') return;
  const { name: kernelName, make } = betweenClassKernel;
  if (tf.getKernel(kernelName, 'webgpu')) tf.unregisterKernel(kernelName, 'webgpu');
  tf.registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: make(backend) });
}
