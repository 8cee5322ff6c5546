import type { Dataset } from './dataset.js';
import { embedded } from './embedded.js';
import { subset } from './subset.js';

const soft: Dataset = {
  name: 'soft',
  images: Uint8Array.of(1, 2, 3, 4, 5, 6),
  labels: Int32Array.of(0, 1, 1),
  softLabels: Float32Array.of(0.75, 0.25, 0.5, 0.5, 0, 1),
  shape: [1, 2, 1],
  classNames: ['a', 'b'],
};

describe('subset', () => {
  test('takes images, labels and soft labels in the order of the indices', () => {
    expect(subset(soft, [2, 0, 2], 'some')).toEqual({
      name: 'some',
      images: Uint8Array.of(5, 6, 1, 2, 5, 6),
      labels: Int32Array.of(1, 0, 1),
      softLabels: Float32Array.of(0, 1, 0.75, 0.25, 0, 1),
      shape: [1, 2, 1],
      classNames: ['a', 'b'],
    });
  });

  test('gives a set without soft labels none, and the kind of labels that it had', () => {
    const all = embedded({ size: 5 });
    const same = subset(all, [0, 1, 2, 3, 4]);
    expect(same).toEqual(all);
    expect('softLabels' in same).toBe(false);
    expect(same.images).not.toBe(all.images);
  });

  test.each([-1, 3, 0.5, Number.NaN])('refuses the index %p', (index) => {
    expect(() => subset(soft, [0, index])).toThrow(
      new RangeError(`subset: indices must be whole numbers from 0 to 2, got ${index}`),
    );
  });
});
