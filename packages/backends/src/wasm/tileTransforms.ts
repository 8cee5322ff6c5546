import type { Geometry } from '../geometry.js';
import type { KernelExports } from './kernelModule.js';

/** Winograd's way for one stride; assembly/ says what each transform takes and gives. */
export interface TileTransforms {
  /** The positions of a transformed tile, and which filter each is multiplied by; those of one filter after another. */
  products: readonly { position: number; filter: number }[];
  /** Transformed filters, some of them for several positions. */
  filters: number;
  /** Most tiles that are transformed and multiplied at a time. */
  mostTiles: number;
  input: KernelExports['winogradInput'];
  filter: KernelExports['winogradFilter'];
  output: KernelExports['winogradOutput'];
  outputGradient: KernelExports['winogradOutputGradient'];
  filterGradient: KernelExports['winogradFilterGradient'];
}

const unitProducts = Array.from({ length: 36 }, (_, i) => ({ position: i, filter: i }));
/** Of a line's nine positions the last four share the last of its six filters. */
const strideTwoProducts = Array.from({ length: 81 }, (_, position) => {
  const row = Math.min(Math.floor(position / 9), 5);
  return { position, filter: row * 6 + Math.min(position % 9, 5) };
}).sort((a, b) => a.filter - b.filter);

/** The transforms for a convolution of stride 1 or 2. */
export function tileTransforms(kernels: KernelExports, g: Geometry): TileTransforms {
  return g.strideHeight === 1 ? unitStride(kernels) : strideTwo(kernels);
}

/** F(4×4, 3×3): 36 positions, each with a filter of its own. A position's tiles stay in the second-level cache. */
function unitStride(kernels: KernelExports): TileTransforms {
  return {
    products: unitProducts,
    filters: 36,
    mostTiles: 108,
    input: kernels.winogradInput,
    filter: kernels.winogradFilter,
    output: kernels.winogradOutput,
    outputGradient: kernels.winogradOutputGradient,
    filterGradient: kernels.winogradFilterGradient,
  };
}

/** The same for stride 2. */
function strideTwo(kernels: KernelExports): TileTransforms {
  return {
    products: strideTwoProducts,
    filters: 36,
    mostTiles: 60,
    input: kernels.stridedInput,
    filter: kernels.stridedFilter,
    output: kernels.stridedOutput,
    outputGradient: kernels.stridedOutputGradient,
    filterGradient: kernels.stridedFilterGradient,
  };
}
