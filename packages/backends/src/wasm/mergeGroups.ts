import type { Geometry } from '../geometry.js';
import type { Heap } from './heap.js';
import { isWinograd } from './isWinograd.js';
import type { Pointer } from './kernelModule.js';

/**
 * The same convolution in fewer, wider groups, where Winograd's way takes those alone: its filter is zero where groups that were merged
 * do not meet. Half of its products or more are for nothing, and it is still three times as fast as direct sums over four channels.
 *
 * @returns Nothing where there is no need to merge, or no way.
 */
export function mergedGroups(g: Geometry): Geometry | undefined {
  if (isWinograd(g)) return undefined;
  for (let merge = 2; merge <= 8; merge++) {
    const merged = { ...g, groups: g.groups / merge };
    if (g.groups % merge === 0 && isWinograd(merged)) return merged;
  }
  return undefined;
}

/** Runs `body` with a filter as it is, or as the merged convolution wants it. */
export function withFilter(
  heap: Heap,
  filter: Pointer,
  g: Geometry,
  merged: Geometry | undefined,
  body: (filter: Pointer, g: Geometry) => void,
): void {
  if (!merged) {
    body(filter, g);
    return;
  }
  const bytes = filterBytes(merged);
  heap.scratch([bytes], (wide) => {
    heap.fill(wide, bytes, 0);
    forEachBlock(g, merged, (narrowAt, wideAt, rowBytes, rows, step) =>
      heap.kernels.copyRows(filter + narrowAt, step, wide + wideAt, step, rows, rowBytes),
    );
    body(wide, merged);
  });
}

/** Runs `body` with where a filter's gradient goes, or with room for the merged one's, of which it then takes what is wanted. */
export function withFilterGradient(
  heap: Heap,
  dFilter: Pointer,
  g: Geometry,
  merged: Geometry | undefined,
  body: (dFilter: Pointer, g: Geometry) => void,
): void {
  if (!merged) {
    body(dFilter, g);
    return;
  }
  heap.scratch([filterBytes(merged)], (wide) => {
    body(wide, merged);
    forEachBlock(g, merged, (narrowAt, wideAt, rowBytes, rows, step) =>
      heap.kernels.copyRows(wide + wideAt, step, dFilter + narrowAt, step, rows, rowBytes),
    );
  });
}

function filterBytes(g: Geometry): number {
  return g.filterHeight * g.filterWidth * (g.channels / g.groups) * g.outputs * 4;
}

/** Calls `visit` with where each tap of each group lies in the filter and in the merged one, both in bytes, and its size. */
function forEachBlock(
  g: Geometry,
  merged: Geometry,
  visit: (narrowAt: number, wideAt: number, rowBytes: number, rows: number, step: number) => void,
): void {
  const channels = g.channels / g.groups;
  const wideChannels = merged.channels / merged.groups;
  const rowBytes = (g.outputs / g.groups) * 4;
  const step = g.outputs * 4;
  for (let tap = 0; tap < g.filterHeight * g.filterWidth; tap++) {
    for (let group = 0; group < g.groups; group++) {
      const first = (group * channels) % wideChannels;
      const at = group * rowBytes;
      const narrowAt = tap * channels * step + at;
      visit(narrowAt, (tap * wideChannels + first) * step + at, rowBytes, channels, step);
    }
  }
}
