import type * as tf from '@tensorflow/tfjs-core';
import { kernel, type WasmKernel } from './wasmKernel.js';

interface SoftmaxLossInputs {
  /** Soft rows t, `[B, K]` float32. */
  labels: tf.TensorInfo;
  /** y, `[B, K]` float32. */
  logits: tf.TensorInfo;
}

interface SoftmaxLossAttrs {
  /** Kullback-Leibler divergence, which has log t, or cross-entropy. */
  entropy: boolean;
}

/**
 * `BclSoftmaxLoss` {labels, logits} → [loss, gradient]: Σ t (log t − log softmax(y)) of each row, `[B]`, 0 · log 0 being 0, or −Σ t log softmax(y),
 * and softmax(y) Σt − t, `[B, K]`, which is the gradient of either. Finite for all finite logits: one counts as no more than 1e30
 * below the largest. A NaN makes its row NaN.
 */
export const softmaxLossKernels: WasmKernel[] = [
  {
    name: 'BclSoftmaxLoss',
    make: (heap) =>
      kernel<SoftmaxLossInputs, SoftmaxLossAttrs>(({ labels, logits }, { entropy }) => {
        const [rows = 0, classes = 0] = logits.shape;
        const loss = heap.output([rows]);
        const gradient = heap.output(logits.shape);
        heap.kernels.softmaxLoss(
          heap.at(labels),
          heap.at(logits),
          heap.at(loss),
          heap.at(gradient),
          rows,
          classes,
          entropy ? 1 : 0,
        );
        return [loss, gradient];
      }),
  },
];
