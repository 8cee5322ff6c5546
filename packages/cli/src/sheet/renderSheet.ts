import { dataUri } from './dataUri.js';
import type { MixSample } from './mixSamples.js';
import { renderSvg } from './renderSvg.js';
import { sheetSvg } from './sheetSvg.js';

/** Draws a sheet of mixed samples as PNG. */
export function renderSheet(samples: readonly MixSample[]): Uint8Array {
  return renderSvg(sheetSvg(samples, dataUri));
}
