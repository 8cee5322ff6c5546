import type { Dataset } from '@bcl/datasets';
import { infoText } from './infoText.js';

const set: Dataset = {
  name: 'pets',
  images: new Uint8Array(4 * 6),
  labels: Uint8Array.of(0, 1, 0, 0),
  shape: [1, 2, 3],
  classNames: ['cat', 'hound', 'newt'],
};
const measured = { mean: [1, 22.25, 0.06], std: [0.5, 3, 100] };

describe('infoText', () => {
  test('counts the classes and tells what was measured', () => {
    expect(infoText(set, 'test', measured)).toEqual([
      'pets, to test on: 4 images of 1 × 2 × 3 in 3 classes',
      'mean of each channel       1.0  22.3  0.1',
      'standard deviation         0.5  3.0  100.0',
      'images of a class          0 to 3',
      '',
      `cat    3  ${'█'.repeat(30)}`,
      `hound  1  ${'█'.repeat(10)}`,
      'newt   0',
    ]);
  });

  test('tells of soft labels how often they agree with the class', () => {
    const softLabels = Float32Array.of(1, 0, 0, 0.5, 0.25, 0.25, 0.4, 0.6, 0, 1, 0, 0);
    expect(infoText({ ...set, softLabels }, 'train', measured)).toContain(
      'soft labels                the largest share is that of the class in 50.0 %',
    );
  });
});
