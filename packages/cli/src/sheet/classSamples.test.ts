import { embedded } from '@bcl/datasets';
import { classSamples } from './classSamples.js';

const set = embedded({ size: 45 });
const totals = set.classNames.map((_, k) => set.labels.filter((label) => label === k).length);

describe('classSamples', () => {
  test('gives images of each class, each once', () => {
    const samples = classSamples(set, { count: 3, seed: 1 });
    expect(samples.map(({ className }) => className)).toEqual(set.classNames);
    for (const [k, { total, pictures }] of samples.entries()) {
      expect(total).toBe(totals[k]);
      const places = pictures.map((picture) =>
        Array.from(set.labels).findIndex((_, i) =>
          picture.data.every((byte, at) => byte === set.images[i * 3072 + at]),
        ),
      );
      expect(new Set(places).size).toBe(3);
      for (const place of places) expect(set.labels[place]).toBe(k);
    }
  });

  test('gives all that there are, and the same for the same seed', () => {
    expect(classSamples(set, { count: 9, seed: 0 }).map(({ pictures }) => pictures.length)).toEqual(
      totals,
    );
    const first = (seed: number) => classSamples(set, { count: 1, seed })[0]?.pictures[0]?.data;
    expect(first(1)).toEqual(first(1));
    expect([2, 3, 4].map(first)).not.toEqual([first(1), first(1), first(1)]);
  });
});
