import type { Dataset } from './dataset.js';

/** Where the images of each class are, in their order. */
export function indicesByClass({ labels, classNames }: Dataset): readonly number[][] {
  const places: number[][] = classNames.map(() => []);
  for (let i = 0; i < labels.length; i++) places[labels[i] as number]?.push(i);
  return places;
}
