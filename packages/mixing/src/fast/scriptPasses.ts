import type { Passes, Side, Wave, Window } from './Passes.js';

/** The passes in TypeScript: for engines without WebAssembly SIMD, and what the other ones are held to. */
export class ScriptPasses implements Passes {
  readonly #shape: readonly [number, number, number];
  readonly #out: Float32Array;
  readonly #sums: Float64Array;
  readonly #size: number;
  readonly #images: [Uint8Array, Uint8Array];

  constructor(shape: readonly [number, number, number], out: Float32Array) {
    this.#shape = shape;
    this.#out = out;
    this.#sums = new Float64Array(2 * shape[2]);
    this.#images = [new Uint8Array(0), new Uint8Array(0)];
    this.#size = shape[0] * shape[1] * shape[2];
  }

  take(side: Side, images: Uint8Array, from: number): void {
    this.#images[side] = images.subarray(from, from + this.#size);
  }

  sum(side: Side): number {
    const image = this.#images[side];
    let sum = 0;
    for (let i = 0; i < image.length; i++) sum += image[i] as number;
    return sum;
  }

  windowSums(side: Side, { x0, x1, y0, y1 }: Window): Float64Array {
    const image = this.#images[side];
    const sums = this.#sums;
    const [, width, channels] = this.#shape;
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      let squares = 0;
      for (let y = y0; y < y1; y++) {
        const end = (y * width + x1) * channels;
        for (let i = (y * width + x0) * channels + c; i < end; i += channels) {
          const v = image[i] as number;
          sum += v;
          squares += v * v;
        }
      }
      sums[c] = sum;
      sums[channels + c] = squares;
    }
    return sums;
  }

  wave(side: Side, { down, right, flip, x0, x1 }: Window, wave: Wave, to: number): void {
    const [height, width, channels] = this.#shape;
    const out = this.#out;
    const image = this.#images[side];
    const add = side === 1;
    const scale = Float32Array.from(wave.scale);
    const shift = Float32Array.from(wave.shift);
    const fill = Math.fround(wave.fill);
    const shown = (x1 - x0) * channels;
    const left = Math.min(width, Math.max(0, -right)) * channels;
    const step = flip ? -channels : channels;
    for (let y = 0; y < height; y++) {
      const row = to + y * width * channels;
      const from = y + down;
      const inside = from >= 0 && from < height && shown > 0;
      const begin = inside ? row + left : row;
      const end = inside ? begin + shown : row;
      border(out, row, begin, fill, add);
      let at = (from * width + (flip ? x1 - 1 : x0)) * channels;
      for (let i = begin; i < end; i += channels) {
        for (let c = 0; c < channels; c++) {
          // A byte times a float32 is exact in float64, and so is rounded once; so is the sum.
          const v =
            Math.fround((image[at + c] as number) * (scale[c] as number)) + (shift[c] as number);
          out[i + c] = add ? (out[i + c] as number) + Math.fround(v) : v;
        }
        at += step;
      }
      border(out, end, row + width * channels, fill, add);
    }
  }

  put(): void {}
}

/** Elements beside the image. */
function border(out: Float32Array, from: number, to: number, fill: number, add: boolean): void {
  if (!add) out.fill(fill, from, to);
  else if (fill !== 0) for (let i = from; i < to; i++) out[i] = (out[i] as number) + fill;
}
