import { createRandom, normal } from '@bcl/random';
import { type FeatureSet, featureSet } from '../features/featureSet.js';

/** Features of a model that gives 5 numbers: a cloud a class, `apart` from each other. */
export function clouds(name: string, apart: number, classNames: readonly string[]): FeatureSet {
  const random = createRandom(name);
  const labels = Int32Array.from({ length: 30 }, (_, i) => i % classNames.length);
  const values = Float32Array.from({ length: 150 }, (_, at) => {
    const [image, k] = [Math.floor(at / 5), at % 5];
    return normal(random) + (k === labels[image] ? apart : 0);
  });
  const said = labels.map((label, i) => (i === 7 ? (label + 1) % classNames.length : label));
  return featureSet(name, { layer: 'fc5', size: 5, values, labels, said, classNames });
}
