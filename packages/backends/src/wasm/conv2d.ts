import type * as tf from '@tensorflow/tfjs-core';
import { env, util } from '@tensorflow/tfjs-core';
import { type Geometry, geometry } from '../geometry.js';
import { directFilterGradient, directForward, directInputGradient } from './direct.js';
import type { Heap } from './heap.js';
import { isWinograd } from './isWinograd.js';
import type { Pointer } from './kernelModule.js';
import { mergedGroups, withFilter, withFilterGradient } from './mergeGroups.js';
import { isPointwise, pointwiseForward, pointwiseInputGradient } from './pointwise.js';
import { kernel, type WasmKernel } from './wasmKernel.js';
import { winogradFilterGradient, winogradForward, winogradInputGradient } from './winograd.js';

type Attrs = Parameters<typeof geometry>[2];
type Convolve = (heap: Heap, a: Pointer, b: Pointer, c: Pointer, g: Geometry) => void;

/**
 * Convolution and both its gradients, under the names that TensorFlow.js calls them by; and, with a prefix, the same in groups, the
 * filter being `[height, width, channels / groups, outputs]`.
 */
export const conv2dKernels: WasmKernel[] = [...kernelsNamed(''), ...kernelsNamed('BclGrouped')];

function kernelsNamed(prefix: '' | 'BclGrouped'): WasmKernel[] {
  return [
    {
      name: `${prefix}Conv2D`,
      make: (heap) =>
        kernel<{ x: tf.TensorInfo; filter: tf.TensorInfo }, Attrs>(({ x, filter }, attrs) => {
          const g = geometry(x.shape, filter.shape, attrs);
          const y = heap.output([g.batch, g.outHeight, g.outWidth, g.outputs]);
          withFilter(heap, heap.at(filter), g, merged(g), (from, g) => {
            const convolve = choose(g, {
              pointwise: pointwiseForward,
              winograd: winogradForward,
              direct: directForward,
            });
            convolve(heap, heap.at(x), from, heap.at(y), g);
          });
          return y;
        }),
    },
    {
      name: `${prefix}Conv2DBackpropInput`,
      make: (heap) =>
        kernel<{ dy: tf.TensorInfo; filter: tf.TensorInfo }, Attrs & { inputShape: number[] }>(
          ({ dy, filter }, attrs) => {
            const g = geometry(attrs.inputShape, filter.shape, attrs);
            const dx = heap.output(attrs.inputShape);
            withFilter(heap, heap.at(filter), g, merged(g), (from, g) => {
              const convolve = choose(g, {
                pointwise: pointwiseInputGradient,
                winograd: winogradInputGradient,
                direct: directInputGradient,
              });
              convolve(heap, heap.at(dy), from, heap.at(dx), g);
            });
            return dx;
          },
        ),
    },
    {
      name: `${prefix}Conv2DBackpropFilter`,
      make: (heap) =>
        kernel<{ x: tf.TensorInfo; dy: tf.TensorInfo }, Attrs & { filterShape: number[] }>(
          ({ x, dy }, attrs) => {
            const g = geometry(x.shape, attrs.filterShape, attrs);
            const dFilter = heap.output(attrs.filterShape);
            if (g.batch * g.outHeight * g.outWidth === 0) {
              heap.fill(heap.at(dFilter), util.sizeFromShape(attrs.filterShape) * 4, 0);
              return dFilter;
            }
            withFilterGradient(heap, heap.at(dFilter), g, merged(g), (to, g) => {
              const convolve = choose(g, {
                winograd: winogradFilterGradient,
                direct: directFilterGradient,
              });
              convolve(heap, heap.at(x), heap.at(dy), to, g);
            });
            return dFilter;
          },
        ),
    },
  ];
}

/** The flag of `tf.env()` that allows Winograd's way. */
export const WINOGRAD_FLAG = 'BCL_WASM_WINOGRAD';

/** The quickest way that applies. Winograd's takes a quarter of the products, or half, at a few times the rounding error; it has to be allowed. */
function choose(
  g: Geometry,
  ways: { pointwise?: Convolve; winograd: Convolve; direct: Convolve },
): Convolve {
  if (ways.pointwise && isPointwise(g)) return ways.pointwise;
  return isWinograd(g) && allowed() ? ways.winograd : ways.direct;
}

/** The same in wider groups, where that opens Winograd's way. */
function merged(g: Geometry): Geometry | undefined {
  return allowed() ? mergedGroups(g) : undefined;
}

function allowed(): boolean {
  return env().getBool(WINOGRAD_FLAG);
}
