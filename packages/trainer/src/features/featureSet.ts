import type { Activations } from './activations.js';
import { principalComponents } from './principalComponents.js';
import { type Separation, separation } from './separation.js';

/** What the features of one model look like. */
export interface FeatureSet extends Omit<Activations, 'values'> {
  /** What to call the model. */
  name: string;
  /** `[N, 3]`: the first three principal components of each image. */
  points: Float32Array;
  /** Share of the variance that each of the three has. */
  explained: number[];
  separation: Separation;
}

/** Describes what a layer gives: in three dimensions, and in numbers of all. */
export function featureSet(name: string, { values, ...activations }: Activations): FeatureSet {
  const { size, labels } = activations;
  const { points, variances, total } = principalComponents(values, size);
  return {
    name,
    ...activations,
    points,
    explained: variances.map((variance) => (total > 0 ? variance / total : 0)),
    separation: separation(values, size, labels),
  };
}
