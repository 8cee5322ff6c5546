/**
 * The operations of our kernels as plain loops in float64, straight from their definitions: what the kernels are tested against.
 */

/** Jest looks globals up slowly. */
const { max, sqrt } = Math;

type Values = ArrayLike<number>;
type Pair = [number, number];

/** A two-dimensional convolution, channels last, as a test asks for it. */
export interface Convolution {
  /** `[batch, height, width, channels]`. */
  xShape: [number, number, number, number];
  /** `[height, width, channels / groups, outputs]`. */
  filterShape: [number, number, number, number];
  strides: Pair;
  dilations: Pair;
  /** Or rows above and below, columns left and right. */
  pad: 'same' | 'valid' | [Pair, Pair];
  /** 1 unless told. */
  groups?: number;
}

/** Shape of the result, `[batch, height, width, outputs]`. */
export function convolvedShape(c: Convolution): [number, number, number, number] {
  return [c.xShape[0], axis(c, 0).out, axis(c, 1).out, c.filterShape[3]];
}

/** y = x ⋆ filter. */
export function convolve(c: Convolution, x: Values, filter: Values): Float64Array {
  const y = new Float64Array(size(convolvedShape(c)));
  forEachProduct(c, (i, j, k) => {
    y[k] = at(y, k) + at(x, i) * at(filter, j);
  });
  return y;
}

/** dx for a gradient dy of y. */
export function inputGradient(c: Convolution, dy: Values, filter: Values): Float64Array {
  const dx = new Float64Array(size(c.xShape));
  forEachProduct(c, (i, j, k) => {
    dx[i] = at(dx, i) + at(dy, k) * at(filter, j);
  });
  return dx;
}

/** dFilter for a gradient dy of y. */
export function filterGradient(c: Convolution, x: Values, dy: Values): Float64Array {
  const dFilter = new Float64Array(size(c.filterShape));
  forEachProduct(c, (i, j, k) => {
    dFilter[j] = at(dFilter, j) + at(x, i) * at(dy, k);
  });
  return dFilter;
}

/** Matrix product of `[rows, depth]` and `[depth, columns]`, each side given transposed or not. */
export function multiply(
  a: Values,
  b: Values,
  [rows, depth, columns]: [number, number, number],
  transposeA = false,
  transposeB = false,
): Float64Array {
  const c = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let k = 0; k < depth; k++) {
        const left = at(a, transposeA ? k * rows + i : i * depth + k);
        const right = at(b, transposeB ? j * depth + k : k * columns + j);
        c[i * columns + j] = at(c, i * columns + j) + left * right;
      }
    }
  }
  return c;
}

/** Batch normalisation of `[rows, channels]` by its own biased statistics, then max(0, ·) with `relu`. */
export function normalize(
  x: Values,
  gamma: Values,
  beta: Values,
  { epsilon, relu }: { epsilon: number; relu: boolean },
): { y: Float64Array; mean: Float64Array; variance: Float64Array } {
  const channels = gamma.length;
  const rows = x.length / channels;
  const { mean, variance } = moments(x, channels);
  const y = new Float64Array(x).map((value, i) => {
    const c = i % channels;
    const normal = (value - at(mean, c)) / sqrt(at(variance, c) + epsilon);
    const result = normal * at(gamma, c) + at(beta, c);
    return relu ? max(0, result) : result;
  });
  return { y, mean, variance: rows > 0 ? variance : variance.fill(Number.NaN) };
}

/** Gradient of {@link normalize} with respect to x, gamma and beta, the statistics depending on x. */
export function normalizeGradient(
  x: Values,
  dy: Values,
  gamma: Values,
  beta: Values,
  { epsilon, relu }: { epsilon: number; relu: boolean },
): { dx: Float64Array; dgamma: Float64Array; dbeta: Float64Array } {
  const channels = gamma.length;
  const rows = x.length / channels;
  const { mean, variance } = moments(x, channels);
  const normal = new Float64Array(x).map((value, i) => {
    const c = i % channels;
    return (value - at(mean, c)) / sqrt(at(variance, c) + epsilon);
  });
  const open = new Float64Array(dy).map((value, i) => {
    const c = i % channels;
    return relu && at(normal, i) * at(gamma, c) + at(beta, c) <= 0 ? 0 : value;
  });
  const dgamma = new Float64Array(channels);
  const dbeta = new Float64Array(channels);
  open.forEach((value, i) => {
    const c = i % channels;
    dgamma[c] = at(dgamma, c) + value * at(normal, i);
    dbeta[c] = at(dbeta, c) + value;
  });
  const dx = open.map((value, i) => {
    const c = i % channels;
    const slope = at(gamma, c) / sqrt(at(variance, c) + epsilon);
    return slope * (value - (at(dbeta, c) + at(normal, i) * at(dgamma, c)) / rows);
  });
  return { dx, dgamma, dbeta };
}

/** Number of elements of a shape. */
export function size(shape: number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function moments(x: Values, channels: number): { mean: Float64Array; variance: Float64Array } {
  const rows = x.length / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let i = 0; i < x.length; i++) mean[i % channels] = at(mean, i % channels) + at(x, i) / rows;
  for (let i = 0; i < x.length; i++) {
    const c = i % channels;
    variance[c] = at(variance, c) + (at(x, i) - at(mean, c)) ** 2 / rows;
  }
  return { mean, variance };
}

/** Visits every product that a convolution sums: an element of x, one of the filter, and the one of y they add to. */
function forEachProduct(
  c: Convolution,
  visit: (x: number, filter: number, y: number) => void,
): void {
  const [batch, height, width, channels] = c.xShape;
  const [filterHeight, filterWidth, groupChannels, outputs] = c.filterShape;
  const groupOutputs = outputs / (c.groups ?? 1);
  const down = axis(c, 0);
  const across = axis(c, 1);
  for (let n = 0; n < batch; n++) {
    for (let outY = 0; outY < down.out; outY++) {
      for (let outX = 0; outX < across.out; outX++) {
        for (let ky = 0; ky < filterHeight; ky++) {
          const y = outY * c.strides[0] + ky * c.dilations[0] - down.before;
          if (y < 0 || y >= height) continue;
          for (let kx = 0; kx < filterWidth; kx++) {
            const x = outX * c.strides[1] + kx * c.dilations[1] - across.before;
            if (x < 0 || x >= width) continue;
            for (let i = 0; i < channels; i++) {
              const from = ((n * height + y) * width + x) * channels + i;
              const by = ((ky * filterWidth + kx) * groupChannels + (i % groupChannels)) * outputs;
              const to = ((n * down.out + outY) * across.out + outX) * outputs;
              const first = Math.floor(i / groupChannels) * groupOutputs;
              for (let o = first; o < first + groupOutputs; o++) visit(from, by + o, to + o);
            }
          }
        }
      }
    }
  }
}

/** Length of the result along one axis, and the padding before the input. */
function axis(c: Convolution, i: 0 | 1): { out: number; before: number } {
  const length = c.xShape[i + 1] as number;
  const stride = c.strides[i];
  const reach = (c.filterShape[i] - 1) * c.dilations[i];
  if (c.pad === 'same') {
    const out = Math.ceil(length / stride);
    return { out, before: Math.floor(max(0, (out - 1) * stride + reach + 1 - length) / 2) };
  }
  const [before, after] = c.pad === 'valid' ? [0, 0] : c.pad[i];
  return { out: Math.floor((before + length + after - reach - 1) / stride) + 1, before };
}

function at(values: Values, i: number): number {
  return values[i] as number;
}
