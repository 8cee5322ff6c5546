import type { Dataset } from '@bcl/datasets';
import { createRandom, shuffled } from '@bcl/random';
import { type Picture, pictures } from './Picture.js';

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
