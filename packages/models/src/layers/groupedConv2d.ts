import * as tf from '@tensorflow/tfjs-core';

export interface GroupedConv2dOptions {
  strides: readonly [height: number, width: number];
  /** Zeros above and below, left and right. */
  padding: readonly [height: number, width: number];
  /** Parts that the channels are cut into; each output sees those of its own part alone. */
  groups: number;
}

/** Channels that groups are merged up to where a backend has no kernel for them; see `convolveMerged`. */
const MERGED_CHANNELS = 32;

/**
 * Convolution of `groups` parts of the channels, each with its own filters, as PyTorch's `groups`.
 *
 * The wasm backend with `@bcl/backends` brings kernels for it, `BclGroupedConv2D` and its two gradients; elsewhere it is made of
 * tfjs convolutions. The gradient is not meant to be differentiated again.
 *
 * @param x `[B, H, W, C]`.
 * @param kernel `[height, width, C / groups, C']`: filters of the first group, then of the second, and so on.
 * @returns `[B, H', W', C']`, owned by the caller.
 */
export function groupedConv2d(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  { strides: [down, across], padding: [rows, columns], groups }: GroupedConv2dOptions,
): tf.Tensor4D {
  // The tensorflow backend knows 'same' and 'valid' alone.
  const ahead = tf.getBackend() === 'tensorflow' && rows + columns > 0;
  const strides: [number, number] = [down, across];
  const pad: Pad = ahead
    ? 'valid'
    : [
        [0, 0],
        [rows, rows],
        [columns, columns],
        [0, 0],
      ];
  return tf.tidy(() => {
    const input = ahead
      ? tf.pad(x, [
          [0, 0],
          [rows, rows],
          [columns, columns],
          [0, 0],
        ])
      : x;
    if (groups === 1) return tf.conv2d(input, kernel, strides, pad);
    if (!tf.getKernel('BclGroupedConv2D', tf.getBackend())) {
      return convolveMerged(input, kernel, { strides, pad, groups });
    }
    return convolveByKernel(input, kernel, { strides, pad, groups });
  });
}

type Pad = 'valid' | [[0, 0], [number, number], [number, number], [0, 0]];
type Attrs = { strides: [number, number]; pad: Pad; groups: number };

function convolveByKernel(x: tf.Tensor4D, kernel: tf.Tensor4D, attrs: Attrs): tf.Tensor4D {
  const run = (name: string, inputs: tf.NamedTensorMap, more: object = {}) =>
    tf.engine().runKernel(`BclGroupedConv2D${name}`, inputs, {
      ...attrs,
      ...more,
    } as unknown as tf.NamedAttrMap) as tf.Tensor4D;
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    save([x, kernel]);
    return {
      value: run('', { x, filter: kernel }),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
        return [
          run('BackpropInput', { dy, filter }, { inputShape: x.shape }),
          run('BackpropFilter', { x, dy }, { filterShape: filter.shape }),
        ];
      },
    };
  });
  return op(x, kernel) as tf.Tensor4D;
}

/**
 * By ordinary convolutions. As many groups as fill `MERGED_CHANNELS` go through one of them, whose kernel has zeros where an
 * output does not see a channel: a convolution over 4 channels costs hardly less than one over 32, and 64 times as many calls do cost.
 */
function convolveMerged(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  { strides, pad, groups }: Attrs,
): tf.Tensor4D {
  const merge = mergedGroups(groups, kernel.shape[2]);
  const kernels = tf.split<tf.Tensor4D>(kernel, groups, 3);
  // tfjs cannot take the gradient of a split into one.
  const inputs = merge === groups ? [x] : tf.split<tf.Tensor4D>(x, groups / merge, 3);
  const parts = inputs.map((part, i) => {
    const merged = blockDiagonal(kernels.slice(i * merge, (i + 1) * merge));
    return tf.conv2d(part, merged, strides, pad);
  });
  return tf.concat(parts, 3);
}

/** How many groups go through one convolution: a divisor of their number. */
function mergedGroups(groups: number, channels: number): number {
  let merge = Math.max(1, Math.min(groups, Math.floor(MERGED_CHANNELS / channels)));
  while (groups % merge > 0) merge--;
  return merge;
}

/** Kernels `[h, w, c, o]` side by side along both channel axes, zeros elsewhere. */
function blockDiagonal(kernels: tf.Tensor4D[]): tf.Tensor4D {
  const outputs = kernels.reduce((sum, kernel) => sum + kernel.shape[3], 0);
  let before = 0;
  const rows = kernels.map((kernel) => {
    const left = before;
    before += kernel.shape[3];
    return tf.pad(kernel, [
      [0, 0],
      [0, 0],
      [0, 0],
      [left, outputs - before],
    ]);
  });
  return tf.concat(rows, 2);
}
