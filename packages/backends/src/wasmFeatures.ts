import { revectorizable } from './wasm/revectorize.js';

/** What this JavaScript engine's WebAssembly offers. */
export interface WasmFeatures {
  simd: boolean;
  relaxedSimd: boolean;
  /** Whether the engine pairs vectors into ones of 256 bits when asked to: `revectorize` of `useBackend`. */
  revectorizable: boolean;
  /** Atomics and memory shared between workers (in a browser: only on cross-origin isolated pages). */
  threads: boolean;
}

/** Tries one small program of each feature; nothing is run. */
export function wasmFeatures(): WasmFeatures {
  return {
    simd: validates(SIMD),
    relaxedSimd: validates(RELAXED_SIMD),
    revectorizable: revectorizable(),
    threads: typeof SharedArrayBuffer !== 'undefined' && validates(THREADS),
  };
}

// The bodies of one function each, as in GoogleChromeLabs/wasm-feature-detect.
/** `i8x16.popcnt(i8x16.splat(0))` */
const SIMD = [1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
/** `i8x16.relaxed_swizzle(i8x16.splat(1), i8x16.splat(2))` */
const RELAXED_SIMD = [
  1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2,
  11,
];
/** `i32.atomic.load(0)` of a shared memory */
const THREADS = [
  1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1, 10, 11, 1, 9, 0, 65, 0, 254, 16, 2, 0, 26, 11,
];

function validates(sections: number[]): boolean {
  const header = [0, 97, 115, 109, 1, 0, 0, 0]; // magic number and version
  return (
    typeof WebAssembly === 'object' &&
    WebAssembly.validate(new Uint8Array([...header, ...sections]))
  );
}
