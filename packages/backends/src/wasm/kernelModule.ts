import { relaxed, simd } from '../generated/kernels.js';
import { nodeModule } from '../node.js';

type Count = number;
/** Address in the heap, in bytes. */
export type Pointer = number;

/** How a window without gaps moves over one image. */
export type PlainWindowArguments = [
  height: Count,
  width: Count,
  channels: Count,
  outHeight: Count,
  outWidth: Count,
  filterHeight: Count,
  filterWidth: Count,
  strideHeight: Count,
  strideWidth: Count,
  padTop: number,
  padLeft: number,
];

/** How any window does: what the kernels that know no product take. */
export type WindowArguments = [
  ...PlainWindowArguments,
  dilationHeight: Count,
  dilationWidth: Count,
];

/** What the WebAssembly module exports; assembly/ documents each function where it is. */
export interface KernelExports {
  gemmQuads(
    a: Pointer,
    b: Pointer,
    c: Pointer,
    rows: Count,
    quads: Count,
    stride: Count,
    panels: Count,
    ldc: Count,
  ): void;
  gemmOuter(
    a: Pointer,
    aStride: Count,
    b: Pointer,
    bStride: Count,
    c: Pointer,
    ldc: Count,
    rows: Count,
    columns: Count,
    depth: Count,
    accumulate: 0 | 1,
  ): void;
  gemmOuterPaired: KernelExports['gemmOuter'];
  gemmRows(
    table: Pointer,
    zeros: Pointer,
    aOffset: Count,
    b: Pointer,
    cTable: Pointer,
    cOffset: Count,
    rows: Count,
    columns: Count,
    taps: Count,
    depth: Count,
  ): void;
  packPanels(
    from: Pointer,
    ld: Count,
    to: Pointer,
    stride: Count,
    depth: Count,
    columns: Count,
  ): void;
  packPanelsTransposed(
    from: Pointer,
    ld: Count,
    to: Pointer,
    stride: Count,
    depth: Count,
    columns: Count,
  ): void;
  packQuads(from: Pointer, ld: Count, to: Pointer, stride: Count, depth: Count, rows: Count): void;
  packQuadsIndirect(
    table: Pointer,
    offset: Count,
    to: Pointer,
    stride: Count,
    depth: Count,
    rows: Count,
  ): void;
  packQuadsTransposed(
    from: Pointer,
    ld: Count,
    to: Pointer,
    stride: Count,
    depth: Count,
    rows: Count,
  ): void;
  transpose(
    from: Pointer,
    fromLd: Count,
    to: Pointer,
    toLd: Count,
    rows: Count,
    columns: Count,
  ): void;
  padImage(
    from: Pointer,
    to: Pointer,
    height: Count,
    width: Count,
    channels: Count,
    pitch: Count,
    quads: Count,
    paddedHeight: Count,
    paddedWidth: Count,
    top: number,
    left: number,
  ): void;
  winogradInput(
    image: Pointer,
    v: Pointer,
    paddedWidth: Count,
    quads: Count,
    first: Count,
    count: Count,
    tilesAcross: Count,
    stride: Count,
    positionBytes: Count,
    temporary: Pointer,
  ): void;
  winogradFilter(
    filter: Pointer,
    ld: Count,
    u: Pointer,
    channels: Count,
    outputs: Count,
    depth: Count,
    positionBytes: Count,
    temporary: Pointer,
  ): void;
  winogradOutput(
    m: Pointer,
    to: Pointer,
    height: Count,
    width: Count,
    outputs: Count,
    pitch: Count,
    columns: Count,
    first: Count,
    count: Count,
    tilesAcross: Count,
    positionBytes: Count,
    temporary: Pointer,
  ): void;
  winogradOutputGradient(
    image: Pointer,
    to: Pointer,
    paddedWidth: Count,
    quads: Count,
    first: Count,
    count: Count,
    tilesAcross: Count,
    stride: Count,
    positionBytes: Count,
    temporary: Pointer,
    width: 4 | 8,
  ): void;
  winogradFilterGradient(
    p: Pointer,
    to: Pointer,
    ld: Count,
    channels: Count,
    outputs: Count,
    columns: Count,
    positionBytes: Count,
    temporary: Pointer,
  ): void;
  stridedInput: KernelExports['winogradInput'];
  stridedFilter: KernelExports['winogradFilter'];
  stridedOutput: KernelExports['winogradOutput'];
  stridedOutputGradient: KernelExports['winogradOutputGradient'];
  stridedInputGradient(
    n: Pointer,
    image: Pointer,
    paddedWidth: Count,
    quads: Count,
    first: Count,
    count: Count,
    tilesAcross: Count,
    positionBytes: Count,
    temporary: Pointer,
  ): void;
  stridedFilterGradient: KernelExports['winogradFilterGradient'];
  channelMoments(x: Pointer, pivot: Pointer, sums: Pointer, rows: Count, channels: Count): void;
  channelAffine(
    x: Pointer,
    scale: Pointer,
    shift: Pointer,
    y: Pointer,
    rows: Count,
    channels: Count,
    relu: 0 | 1,
  ): void;
  channelGradientSums(
    x: Pointer,
    dy: Pointer,
    mean: Pointer,
    scale: Pointer,
    shift: Pointer,
    sums: Pointer,
    rows: Count,
    channels: Count,
    relu: 0 | 1,
  ): void;
  channelGradient(
    x: Pointer,
    dy: Pointer,
    scale: Pointer,
    shift: Pointer,
    a: Pointer,
    b: Pointer,
    c: Pointer,
    dx: Pointer,
    rows: Count,
    channels: Count,
    relu: 0 | 1,
  ): void;
  averagePoolGradient(dy: Pointer, dx: Pointer, ...image: PlainWindowArguments): void;
  maxPoolGradient(x: Pointer, dy: Pointer, dx: Pointer, ...image: WindowArguments): void;
  means(x: Pointer, y: Pointer, totals: Pointer, images: Count, rows: Count, channels: Count): void;
  meansGradient(dy: Pointer, dx: Pointer, images: Count, rows: Count, channels: Count): void;
  depthwiseInputGradient(
    dy: Pointer,
    filter: Pointer,
    dx: Pointer,
    ...image: WindowArguments
  ): void;
  depthwiseFilterGradient(
    x: Pointer,
    dy: Pointer,
    dFilter: Pointer,
    ...image: WindowArguments
  ): void;
  addRows(from: Pointer, table: Pointer, rows: Count, count: Count): void;
  copyRows(
    from: Pointer,
    fromStep: Count,
    to: Pointer,
    toStep: Count,
    rows: Count,
    bytes: Count,
  ): void;
  randomNormal(
    to: Pointer,
    count: Count,
    keyA: number,
    keyB: number,
    quantiles: Pointer,
    scale: number,
  ): void;
  randomUniform(to: Pointer, count: Count, keyA: number, keyB: number, scale: number): void;
  softmaxLoss(
    labels: Pointer,
    logits: Pointer,
    loss: Pointer,
    gradient: Pointer,
    rows: Count,
    classes: Count,
    entropy: 0 | 1,
  ): void;
  sgdStep(
    w: Pointer,
    g: Pointer,
    v: Pointer,
    newW: Pointer,
    newV: Pointer,
    count: Count,
    learningRate: number,
    momentum: number,
    weightDecay: number,
    nesterov: 0 | 1,
    first: 0 | 1,
  ): void;
  adamStep(
    w: Pointer,
    g: Pointer,
    m: Pointer,
    v: Pointer,
    newW: Pointer,
    newM: Pointer,
    newV: Pointer,
    count: Count,
    rate: number,
    scale: number,
    kept: number,
    weightDecay: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    epsilon: number,
    first: 0 | 1,
  ): void;
  waveMoments(x: Pointer, to: Pointer, batch: Count, count: Count): void;
  betweenClass(
    x1: Pointer,
    x2: Pointer,
    partner: Pointer,
    ratio: Pointer,
    moments1: Pointer,
    moments2: Pointer,
    y: Pointer,
    batch: Count,
    count: Count,
    zeroMean: 0 | 1,
    keepEnergy: 0 | 1,
    balance: 0 | 1,
  ): void;
}

/** Which build of the kernels an engine runs. */
export type KernelBuild = 'relaxed' | 'simd';

/** The best build that this engine validates, or `undefined` where it has no SIMD. */
export async function kernelBuild(): Promise<KernelBuild | undefined> {
  if (!WebAssembly.validate(bytes(relaxed))) await allowRelaxedSimd();
  if (WebAssembly.validate(bytes(relaxed))) return 'relaxed';
  return WebAssembly.validate(bytes(simd)) ? 'simd' : undefined;
}

/**
 * Node 20 has relaxed SIMD behind a flag of its engine, which can be set before the first module that uses it is compiled. Later
 * versions need no flag. The fused multiply-add makes the products 1.7 times as fast.
 */
async function allowRelaxedSimd(): Promise<void> {
  const v8 = await nodeModule<typeof import('node:v8')>('node:v8');
  v8?.setFlagsFromString('--experimental-wasm-relaxed-simd');
}

/**
 * Compiles the kernels over `memory`, the heap of the TensorFlow.js wasm backend.
 *
 * @param paired Whether the engine pairs vectors: then those kernels are taken that are quicker so, of the same results.
 */
export async function loadKernels(
  memory: WebAssembly.Memory,
  build: KernelBuild,
  paired: boolean,
): Promise<KernelExports> {
  const { instance } = await WebAssembly.instantiate(bytes(build === 'relaxed' ? relaxed : simd), {
    env: { memory },
  });
  const exports = instance.exports as unknown as KernelExports;
  return paired ? { ...exports, gemmOuter: exports.gemmOuterPaired } : exports;
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}
