import * as tf from '@tensorflow/tfjs-core';
import { aWeighting } from './aWeighting.js';

/**
 * A-weighted power of each frame, `[frames, 1]`: the Hann window, the discrete Fourier transform X,
 * |X|² of each bin times 10^(A/10), summed.
 *
 * The transform is two matrix products, for there is no FFT kernel on wasm, and webgpu's loses
 * digits in its angles. With n = n1 n2 samples, x[n2 i + j] as a matrix of n1 rows and n2 columns
 * and w(m) = exp(−2πi m),
 *
 *     X[k + n1 l] = Σ_j w(j (k + n1 l) / n) Σ_i w(i k / n1) x[n2 i + j],   0 ≤ k ≤ n1 / 2, 0 ≤ l < n2
 *
 * where the rows k that are left out hold the conjugates of bins that are there, since x is real.
 * That is about 200 n multiplications for n = 4096, of 2 n² / 2 for the plain product, and 2 MB of
 * factors instead of 67.
 */
export function weightedPower(frames: tf.Tensor2D, sampleRate: number): tf.Tensor2D {
  const { n1, n2, rows, window, inner, outer, weights } = transformAt(sampleRate);
  const count = frames.shape[0];
  return tf.tidy(() => {
    const sums = tf.tidy(() => {
      const windowed = tf.mul(frames, tf.tensor1d(window));
      const byRow = tf.matMul(
        tf.tensor3d(inner, [1, 2 * rows, n1]),
        tf.reshape<tf.Rank.R3>(windowed, [count, n1, n2]),
      );
      return tf.transpose(tf.reshape<tf.Rank.R3>(byRow, [count, rows, 2 * n2]), [1, 0, 2]);
    });
    const spectrum = tf.matMul(sums, tf.tensor3d(outer, [rows, 2 * n2, 2 * n2]));
    const power = tf.matMul(tf.square(spectrum), tf.tensor3d(weights, [rows, 2 * n2, 1]));
    return tf.sum<tf.Tensor2D>(power, 0);
  });
}

/** The constants of one sample rate. */
interface Transform {
  readonly n1: number;
  readonly n2: number;
  /** How many k there are, n1 / 2 + 1. */
  readonly rows: number;
  /** Periodic Hann window, `[n]`. */
  readonly window: Float32Array;
  /** Factors of the inner sum, `[rows, real and imaginary, n1]`. */
  readonly inner: Float32Array;
  /** Factors of the outer sum, `[rows, real and imaginary, n2, real and imaginary, n2]`. */
  readonly outer: Float32Array;
  /** Weight of each bin's power, `[rows, real and imaginary, n2]`. */
  readonly weights: Float32Array;
}

const transforms = new Map<number, Transform>();

function transformAt(sampleRate: number): Transform {
  let transform = transforms.get(sampleRate);
  if (!transform) {
    transform = makeTransform(aWeighting(sampleRate));
    transforms.set(sampleRate, transform);
  }
  return transform;
}

function makeTransform(dB: Float32Array): Transform {
  const n = 2 * (dB.length - 1);
  const n1 = 2 ** Math.ceil(Math.log2(n) / 2);
  const n2 = n / n1;
  const rows = n1 / 2 + 1;
  const cos = (m: number) => Math.cos((2 * Math.PI * (m % n)) / n);
  const sin = (m: number) => Math.sin((2 * Math.PI * (m % n)) / n);

  const inner = new Float32Array(rows * 2 * n1);
  const outer = new Float32Array(rows * 2 * n2 * 2 * n2);
  const weights = new Float32Array(rows * 2 * n2);
  for (let k = 0; k < rows; k++) {
    for (let i = 0; i < n1; i++) {
      inner[2 * k * n1 + i] = cos(n2 * i * k);
      inner[(2 * k + 1) * n1 + i] = -sin(n2 * i * k);
    }
    for (let l = 0; l < n2; l++) {
      const bin = k + n1 * l;
      for (let j = 0; j < n2; j++) {
        const [re, im] = [cos(j * bin), -sin(j * bin)];
        const real = (2 * k * n2 + j) * 2 * n2 + l;
        const imaginary = ((2 * k + 1) * n2 + j) * 2 * n2 + l;
        outer[real] = re;
        outer[real + n2] = im;
        outer[imaginary] = -im;
        outer[imaginary + n2] = re;
      }
      // In the first and the last row a bin above n / 2 repeats one below it.
      const again = (k === 0 || k === n1 / 2) && bin > n / 2;
      const weight = again ? 0 : 10 ** ((dB[Math.min(bin, n - bin)] as number) / 10);
      weights[2 * k * n2 + l] = weight;
      weights[(2 * k + 1) * n2 + l] = weight;
    }
  }
  const window = Float32Array.from({ length: n }, (_, i) => 0.5 - 0.5 * cos(i));
  return { n1, n2, rows, window, inner, outer, weights };
}
