import * as tf from '@tensorflow/tfjs-core';
import { betweenClassKernel } from './betweenClass.js';
import { conv2dKernels, TILED_FLAG } from './conv2d.js';
import { tryShader } from './tryShader.js';
import type { WebgpuBackend, WebgpuKernel } from './webgpuKernel.js';

/** What `registerWebgpuKernels` did. */
export interface RegisteredWebgpuKernels {
  /** Names of the TensorFlow.js kernels that are now ours. */
  registered: string[];
  /** Why nothing was registered. */
  reason?: string;
}

const kernels: WebgpuKernel[] = [betweenClassKernel, ...conv2dKernels];

/** TensorFlow.js's own kernels that ours stand in for. */
const stock = new Map<string, tf.KernelConfig>();
let done: Promise<RegisteredWebgpuKernels> | undefined;
let owner: tf.KernelBackend | undefined;

/**
 * Gives the webgpu backend kernels that train faster: both gradients of convolutions as tiled products, and a BC+ mix. Existing models
 * speed up unchanged. Calling it again does nothing.
 *
 * The webgpu backend must be the current one. Where its internals are not as expected, which a small shader finds out, nothing is
 * changed and the result says why.
 *
 * `tf.env().set('BCL_WEBGPU_TILED', false)` has TensorFlow.js's own kernels compute the gradients of convolutions.
 */
export async function registerWebgpuKernels(): Promise<RegisteredWebgpuKernels> {
  const backend = tf.backend();
  if (tf.getBackend() !== 'webgpu') {
    return none(`the current backend is ${tf.getBackend()}, not webgpu`);
  }
  if (owner !== backend) {
    owner = backend;
    done = register(backend as WebgpuBackend);
  }
  return done as Promise<RegisteredWebgpuKernels>;
}

async function register(backend: WebgpuBackend): Promise<RegisteredWebgpuKernels> {
  const reason = await tryShader(backend);
  if (reason !== undefined) {
    return none(
      `this version of @tensorflow/tfjs-backend-webgpu runs shaders otherwise (${reason}); our kernels know 4.22`,
    );
  }
  tf.env().registerFlag(TILED_FLAG, () => true);
  for (const { name, make } of kernels) {
    const before = tf.getKernel(name, 'webgpu');
    if (before) {
      if (!stock.has(name)) stock.set(name, before);
      tf.unregisterKernel(name, 'webgpu');
    }
    const kernelFunc = make(backend, stockKernel);
    tf.registerKernel({ ...stock.get(name), kernelName: name, backendName: 'webgpu', kernelFunc });
  }
  return { registered: kernels.map(({ name }) => name) };
}

function stockKernel(name: string): tf.KernelFunc {
  const found = stock.get(name);
  if (!found)
    throw new Error(`webgpu backend: TensorFlow.js has no kernel ${name} to fall back to`);
  return found.kernelFunc;
}

function none(reason: string): RegisteredWebgpuKernels {
  return { registered: [], reason };
}
