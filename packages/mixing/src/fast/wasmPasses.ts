import { simd } from '../generated/kernels.js';
import type { Passes, Side, Wave, Window } from './Passes.js';

type Pointer = number;

/** What the WebAssembly module exports; assembly/sweep.ts documents it. */
export interface SweepExports {
  sumBytes(from: Pointer, count: number): number;
  windowSums(
    image: Pointer,
    width: number,
    channels: number,
    x0: number,
    x1: number,
    y0: number,
    y1: number,
    sums: Pointer,
  ): void;
  wave(
    image: Pointer,
    out: Pointer,
    height: number,
    width: number,
    channels: number,
    down: number,
    right: number,
    flip: 0 | 1,
    scale: Pointer,
    shift: Pointer,
    fill: number,
    add: 0 | 1,
    reverse: Pointer,
  ): void;
}

/** Where the passes work: byte addresses in the memory that the module was instantiated with. */
export interface SweepArea {
  readonly memory: WebAssembly.Memory;
  readonly exports: SweepExports;
  /** The beginning of `areaBytes(shape)` bytes, aligned to 16. */
  readonly base: Pointer;
  /** Where the mixes are written: all of them, or, with `copyTo`, one. */
  readonly out: Pointer;
  /** Takes each mix while it is in the cache. */
  readonly copyTo?: Float32Array;
}

/** Elements that a step goes; whole pixels where the channels divide it. */
const STEP = 12;
/** Bytes that are read, and not used, beyond an image. */
const SLACK = 16;
/** Bytes of a vector. */
const ALIGNMENT = 16;

let compiled: WebAssembly.Module | null | undefined;

/** The module, compiled when it is first asked for; `undefined` where this engine has no WebAssembly SIMD or may not compile. */
export function sweepModule(): WebAssembly.Module | undefined {
  if (compiled === undefined) {
    try {
      compiled = new WebAssembly.Module(Uint8Array.from(atob(simd), (c) => c.charCodeAt(0)));
    } catch {
      compiled = null;
    }
  }
  return compiled ?? undefined;
}

/** The module over a memory. */
export function sweepExports(module: WebAssembly.Module, memory: WebAssembly.Memory): SweepExports {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return exports as unknown as SweepExports;
}

/** The passes in WebAssembly. The memory must not grow while they are in use. */
export class WasmPasses implements Passes {
  readonly #shape: readonly [number, number, number];
  readonly #size: number;
  readonly #area: SweepArea;
  readonly #images: readonly [Pointer, Pointer];
  readonly #reverse: Pointer;
  readonly #bytes: Uint8Array;
  readonly #scale: Float32Array;
  readonly #shift: Float32Array;
  readonly #sums: Float64Array;
  readonly #mix: Float32Array;

  constructor(shape: readonly [number, number, number], area: SweepArea) {
    const [height, width, channels] = shape;
    const { buffer } = area.memory;
    this.#shape = shape;
    this.#size = height * width * channels;
    this.#area = area;
    const places = layout(shape, area.base);
    this.#images = places.images;
    this.#reverse = places.reverse;
    this.#bytes = new Uint8Array(buffer);
    this.#scale = new Float32Array(buffer, places.scale, period(channels));
    this.#shift = new Float32Array(buffer, places.shift, period(channels));
    this.#sums = new Float64Array(buffer, places.sums, 2 * channels);
    this.#mix = new Float32Array(buffer, area.out, this.#size);
    this.#bytes.set(reversedPixels(channels), this.#reverse);
  }

  take(side: Side, images: Uint8Array, from: number): void {
    this.#bytes.set(images.subarray(from, from + this.#size), this.#images[side]);
  }

  sum(side: Side): number {
    return this.#area.exports.sumBytes(this.#images[side], this.#size);
  }

  windowSums(side: Side, { x0, x1, y0, y1 }: Window): Float64Array {
    const [, width, channels] = this.#shape;
    const sums = this.#sums;
    const { exports } = this.#area;
    exports.windowSums(this.#images[side], width, channels, x0, x1, y0, y1, sums.byteOffset);
    return sums;
  }

  wave(side: Side, { down, right, flip }: Window, wave: Wave, to: number): void {
    const [height, width, channels] = this.#shape;
    const [scale, shift] = [this.#scale, this.#shift];
    for (let i = 0; i < scale.length; i++) {
      scale[i] = wave.scale[i % channels] as number;
      shift[i] = wave.shift[i % channels] as number;
    }
    const { exports, out, copyTo } = this.#area;
    exports.wave(
      this.#images[side],
      copyTo ? out : out + 4 * to,
      height,
      width,
      channels,
      down,
      right,
      flip ? 1 : 0,
      scale.byteOffset,
      shift.byteOffset,
      wave.fill,
      side,
      this.#reverse,
    );
  }

  put(to: number): void {
    this.#area.copyTo?.set(this.#mix, to);
  }
}

/** Passes in a memory of their own, which holds one pair; `undefined` where there is no WebAssembly SIMD. */
export function ownMemoryPasses(
  shape: readonly [number, number, number],
  copyTo: Float32Array,
): WasmPasses | undefined {
  const module = sweepModule();
  if (!module) return undefined;
  if (!own) {
    const memory = new WebAssembly.Memory({ initial: 1 });
    own = { memory, exports: sweepExports(module, memory) };
  }
  const { memory } = own;
  const out = areaBytes(shape);
  const missing = out + 4 * shape[0] * shape[1] * shape[2] - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  return new WasmPasses(shape, { ...own, base: 0, out, copyTo });
}

let own: Pick<SweepArea, 'memory' | 'exports'> | undefined;

/** Bytes by which a memory grows. */
const PAGE = 65536;

/** Bytes that the passes need besides the output. */
export function areaBytes(shape: readonly [number, number, number]): number {
  return layout(shape, 0).end;
}

/** What lies where from `base` on. */
function layout([height, width, channels]: readonly [number, number, number], base: Pointer) {
  let end = base;
  const area = (bytes: number): Pointer => {
    const begin = end;
    end += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    return begin;
  };
  const image = height * width * channels + SLACK;
  const images = [area(image), area(image)] as const;
  const scale = area(4 * period(channels));
  const shift = area(4 * period(channels));
  const sums = area(16 * channels);
  const reverse = area(ALIGNMENT);
  return { images, scale, shift, sums, reverse, end };
}

/** How many coefficients are kept: those of the channels over and over where they fill a step. */
function period(channels: number): number {
  return STEP % channels === 0 ? STEP : channels;
}

/** Where the bytes of a step lie once the order of its pixels is turned round; 255 names no byte. */
function reversedPixels(channels: number): Uint8Array {
  const order = new Uint8Array(ALIGNMENT).fill(255);
  if (STEP % channels !== 0) return order;
  const last = STEP / channels - 1;
  for (let i = 0; i < STEP; i++) {
    order[i] = (last - Math.floor(i / channels)) * channels + (i % channels);
  }
  return order;
}
