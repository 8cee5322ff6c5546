import type { Dataset } from '@bcl/datasets';
import { createRandom, shuffled } from '@bcl/random';
import { contactSvg } from './contactSvg.js';
import { type Picture, pictures } from './Picture.js';
import { dataUri, renderSvg } from './renderSvg.js';

/** Some images of one class. */
export interface ClassSample {
  className: string;
  /** Images of the class in the whole data set. */
  total: number;
  pictures: Picture[];
}

export interface ContactSheetOptions {
  /** Images of each class. */
  count: number;
  seed: number;
}

/** Draws some images of each class of a data set as PNG; which ones, the seed says. */
export function contactSheet(dataset: Dataset, options: ContactSheetOptions): Uint8Array {
  return renderSvg(contactSvg(classSamples(dataset, options), dataUri));
}

/** Some images of each class, chosen by chance. */
export function classSamples(
  { images, labels, shape, classNames }: Dataset,
  { count, seed }: ContactSheetOptions,
): ClassSample[] {
  const size = shape[0] * shape[1] * shape[2];
  const random = createRandom(seed).stream('contact sheet');
  const members: number[][] = classNames.map(() => []);
  for (const [index, label] of labels.entries()) members[label]?.push(index);
  return classNames.map((className, k) => {
    const places = members[k] as number[];
    const chosen = shuffled(random.stream(String(k)), places.length).subarray(0, count);
    return {
      className,
      total: places.length,
      pictures: Array.from(chosen).flatMap((place) => {
        const at = (places[place] as number) * size;
        return pictures(images.subarray(at, at + size), shape);
      }),
    };
  });
}
