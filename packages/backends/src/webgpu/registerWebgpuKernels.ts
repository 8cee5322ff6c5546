import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '../gradients/registerGradients.js';
import { KernelSet, type Off } from '../KernelSet.js';
import { adamKernel } from './adam.js';
import { batchNormKernels } from './batchNorm.js';
import { betweenClassKernel } from './betweenClass.js';
import { conv2dKernels } from './conv2d.js';
import { guardDevice } from './guardDevice.js';
import { F16_FLAG } from './halves.js';
import { sgdKernel } from './sgd.js';
import { registerSubgroups } from './subgroups.js';
import { sumOfAllKernel } from './sumOfAll.js';
import { takeImagesKernel } from './takeImages.js';
import { tryShader } from './tryShader.js';
import type { WebgpuBackend, WebgpuKernel } from './webgpuKernel.js';

/** Options of {@link registerWebgpuKernels}. */
export interface WebgpuKernelsOptions {
  /**
   * Names of kernels of ours that are not to be used, or `'all'`; `[]` for none. Left out, it stays as it was: none at first.
   */
  off?: Off;
}

/** What `registerWebgpuKernels` did. */
export interface RegisteredWebgpuKernels {
  /** Names of the kernels that are ours now. */
  registered: string[];
  /** Names of those that are switched off. */
  off: string[];
  /** Why nothing was registered. */
  reason?: string;
}

/** Our kernels for a backend, or why there are none. */
type Made = { configs: readonly tf.KernelConfig[] } | { reason: string };

const kernels: readonly WebgpuKernel[] = [
  ...conv2dKernels,
  ...batchNormKernels,
  sgdKernel,
  adamKernel,
  betweenClassKernel,
  takeImagesKernel,
  sumOfAllKernel,
];
const set = new KernelSet(
  'webgpu',
  'registerWebgpuKernels',
  kernels.map(({ name }) => name),
);
let made: Promise<Made> | undefined;
let owner: tf.KernelBackend | undefined;

/**
 * Gives the webgpu backend kernels that train faster: gradients of convolutions as tiled products, batch normalisation, steps of
 * optimizers, a BC+ mix, and batches of images that lie on the device. Existing models speed up unchanged. Calling it again changes nothing but what `off` says.
 *
 * From then on errors of the GPU are errors of the program: a tensor that is too large when it would be made, memory that has run out, a
 * lost device and all others when a tensor is read.
 *
 * The webgpu backend must be the current one. Where its internals are not as expected, which a small shader finds out, nothing is
 * changed and the result says why.
 *
 * @throws RangeError when `off` names a kernel that there is not; the message lists them.
 */
export async function registerWebgpuKernels({
  off,
}: WebgpuKernelsOptions = {}): Promise<RegisteredWebgpuKernels> {
  const wanted = off && set.parse(off);
  const backend = tf.backend();
  if (tf.getBackend() !== 'webgpu') {
    return none(`the current backend is ${tf.getBackend()}, not webgpu`);
  }
  if (owner !== backend) {
    owner = backend;
    made = make(backend as WebgpuBackend);
  }
  const result = await (made as Promise<Made>);
  if ('reason' in result) return none(result.reason);
  // At every call: TensorFlow.js's gradients may have been registered since the last.
  registerGradients();
  return set.install(result.configs, wanted);
}

async function make(backend: WebgpuBackend): Promise<Made> {
  const reason = await tryShader(backend);
  if (reason !== undefined) {
    return {
      reason: `this version of @tensorflow/tfjs-backend-webgpu runs shaders otherwise (${reason}); our kernels know 4.22`,
    };
  }
  guardDevice(backend);
  tf.env().registerFlag(F16_FLAG, () => false);
  await registerSubgroups(backend);
  const stock = (name: string): tf.KernelFunc => set.stock(name);
  return { configs: kernels.map(({ name, make }) => set.config(name, make(backend, stock))) };
}

function none(reason: string): RegisteredWebgpuKernels {
  return { registered: [], off: [], reason };
}
