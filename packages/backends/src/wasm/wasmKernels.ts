import { adamKernels } from './adam.js';
import { averagePoolKernels } from './averagePool.js';
import { batchNormKernels } from './batchNorm.js';
import { betweenClassKernels } from './betweenClass.js';
import { concatKernels } from './concat.js';
import { conv2dKernels } from './conv2d.js';
import { depthwiseKernels } from './depthwise.js';
import { fusedKernels } from './fused.js';
import { identityKernels } from './identity.js';
import { matMulKernels } from './matMul.js';
import { maxPoolKernels } from './maxPool.js';
import { meanKernels } from './mean.js';
import { randomWeightsKernels } from './randomWeights.js';
import { sgdKernels } from './sgd.js';
import { softmaxLossKernels } from './softmaxLoss.js';
import { sumKernels } from './sum.js';
import type { WasmKernel } from './wasmKernel.js';

/** All kernels of ours. */
export const wasmKernels: readonly WasmKernel[] = [
  ...conv2dKernels,
  ...matMulKernels,
  ...batchNormKernels,
  ...maxPoolKernels,
  ...averagePoolKernels,
  ...meanKernels,
  ...depthwiseKernels,
  ...fusedKernels,
  ...identityKernels,
  ...softmaxLossKernels,
  ...sgdKernels,
  ...adamKernels,
  ...betweenClassKernels,
  ...concatKernels,
  ...randomWeightsKernels,
  ...sumKernels,
];
