import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from './webgpuKernel.js';

/** A tensor of zeros: what a sum of no terms is. The backend runs no shader over an empty input. */
export function zeros(backend: WebgpuBackend, shape: number[]): TensorInfo {
  return backend.makeTensorInfo(shape, 'float32', new Float32Array(util.sizeFromShape(shape)));
}
