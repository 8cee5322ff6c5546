/** Taken out of `Math`, which jest's sandbox makes slow to reach. */
const { floor, imul } = Math;

/**
 * Numbers that follow from a name, so that a network can be compared with a reference in another
 * framework without shipping its weights. Layouts are PyTorch's: `[out, in, …]`, `[N, C, …]`.
 */
export class GoldenRule {
  /** `salt` sets one family of numbers apart from another. */
  constructor(readonly salt: string) {}

  /** Starting state of the numbers called `name`: FNV-1a of the salted name. */
  seed(name: string): number {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(`${this.salt}/${name}`)) {
      hash = imul(hash ^ byte, 0x01000193);
    }
    return hash >>> 0;
  }

  /** A weight or statistic; `gain` matters to kernels alone. */
  weight(name: string, shape: number[], gain: number): Float32Array {
    const fanIn = product(shape.slice(1));
    if (name.endsWith('.weight') && shape.length > 1) {
      const limit = gain * Math.sqrt(3 / fanIn);
      return this.#fill(name, shape, (u) => (2 * u - 1) * limit);
    }
    if (name.endsWith('.weight') || name.endsWith('.running_var')) {
      return this.#fill(name, shape, (u) => 0.8 + 0.4 * u);
    }
    return this.#fill(name, shape, (u) => -0.1 + 0.2 * u);
  }

  /** An input: fine noise on noise in cells of 8 pixels a side. */
  input(name: string, shape: number[]): Float32Array {
    const spatial = shape.slice(2);
    const coarse = spatial.map((size) => Math.ceil(size / 8));
    const coarseSeed = this.seed(`${name}.coarse`);
    return this.#fill(name, shape, (u, i) => {
      let rest = i;
      let cell = 0;
      let stride = 1;
      for (let axis = spatial.length - 1; axis >= 0; axis--) {
        const size = spatial[axis] as number;
        cell += floor((rest % size) / 8) * stride;
        rest = floor(rest / size);
        stride *= coarse[axis] as number;
      }
      const v = unit(coarseSeed, cell + rest * stride);
      return 2 * u - 1 + 2 * (2 * v - 1);
    });
  }

  /** Soft targets, rows of two classes. */
  targets(rows: number, classes: number): number[][] {
    const seed = this.seed('target');
    return Array.from({ length: rows }, (_, n) => {
      const row: number[] = new Array(classes).fill(0);
      const ratio = floor(unit(seed, 3 * n) * 1024) / 1024;
      const a = floor(unit(seed, 3 * n + 1) * classes);
      const b = (a + 1 + floor(unit(seed, 3 * n + 2) * (classes - 1))) % classes;
      row[a] = ratio;
      row[b] = 1 - ratio;
      return row;
    });
  }

  /** Ratios in steps of 1/1024, one for each of `count` images. */
  ratios(name: string, count: number): number[] {
    const seed = this.seed(name);
    return Array.from({ length: count }, (_, n) => floor(unit(seed, n) * 1024) / 1024);
  }

  #fill(name: string, shape: number[], value: (u: number, i: number) => number): Float32Array {
    const seed = this.seed(name);
    const values = new Float32Array(product(shape));
    for (let i = 0; i < values.length; i++) values[i] = value(unit(seed, i), i);
    return values;
  }
}

/** Number `i` after `seed`, 32 bits: mulberry32, jumped to its place. */
export function bits(seed: number, i: number): number {
  let t = (seed + imul(i + 1, 0x6d2b79f5)) | 0;
  t = imul(t ^ (t >>> 15), t | 1);
  t ^= t + imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}

/** The same in [0, 1). */
export function unit(seed: number, i: number): number {
  return bits(seed, i) / 2 ** 32;
}

function product(sizes: number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}
