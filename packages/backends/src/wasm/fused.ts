import * as tf from '@tensorflow/tfjs-core';
import type { Heap } from './heap.js';
import { kernel, type WasmKernel } from './wasmKernel.js';

interface FusedInputs {
  bias?: tf.TensorInfo;
  preluActivationWeights?: tf.TensorInfo;
}

interface FusedAttrs {
  activation?: string;
}

/**
 * `FusedConv2D` and `_FusedMatMul`, which layers run: our product, then bias and ReLU in place. With any other activation the
 * kernel of TensorFlow.js goes on serving.
 */
export const fusedKernels: WasmKernel[] = [
  fused('FusedConv2D', 'Conv2D'),
  fused('_FusedMatMul', 'BatchMatMul'),
];

function fused(name: string, product: string): WasmKernel {
  return {
    name,
    make: (heap, stock) => {
      const ours = kernel<FusedInputs, FusedAttrs>((inputs, attrs) => {
        const compute = tf.getKernel(product, 'wasm').kernelFunc;
        const { bias, ...operands } = inputs;
        const y = compute({
          inputs: operands as unknown as tf.NamedTensorInfoMap,
          backend: heap.backend,
          attrs: attrs as unknown as tf.NamedAttrMap,
        }) as tf.TensorInfo;
        finish(heap, y, bias, attrs.activation === 'relu');
        return y;
      });
      return (call) => {
        const { activation } = call.attrs as unknown as FusedAttrs;
        const { bias, preluActivationWeights } = call.inputs as unknown as FusedInputs;
        const simple = !activation || activation === 'linear' || activation === 'relu';
        const vector = !bias || tf.util.sizeFromShape(bias.shape) === bias.shape.at(-1);
        return simple && vector && !preluActivationWeights ? ours(call) : stock(name)(call);
      };
    },
  };
}

/** Adds the bias and takes the positive part, in place. */
function finish(
  heap: Heap,
  y: tf.TensorInfo,
  bias: tf.TensorInfo | undefined,
  relu: boolean,
): void {
  if (!bias && !relu) return;
  const channels = y.shape.at(-1) as number;
  const whole = bias && tf.util.sizeFromShape(bias.shape) === channels;
  const value = bias && !whole ? (heap.f32(heap.at(bias), 1)[0] as number) : 0;
  heap.scratch([channels * 4, channels * 4], (one, same) => {
    heap.f32(one, channels).fill(1);
    heap.f32(same, channels).fill(value);
    const shift = whole ? heap.at(bias) : same;
    const rows = tf.util.sizeFromShape(y.shape) / channels;
    heap.kernels.channelAffine(heap.at(y), one, shift, heap.at(y), rows, channels, relu ? 1 : 0);
  });
}
