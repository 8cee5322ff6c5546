import type { Dataset } from '@bcl/datasets';
import { type ContactSheetOptions, classSamples } from './classSamples.js';
import { contactSvg } from './contactSvg.js';
import { dataUri } from './dataUri.js';
import { renderSvg } from './renderSvg.js';

/** Draws some images of each class of a data set as PNG; which ones, the seed says. */
export function contactSheet(dataset: Dataset, options: ContactSheetOptions): Uint8Array {
  return renderSvg(contactSvg(classSamples(dataset, options), dataUri));
}
