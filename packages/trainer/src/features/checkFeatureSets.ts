import type { FeatureSet } from './featureSet.js';

/** Refuses sets that cannot stand side by side. */
export function checkFeatureSets(caller: string, sets: readonly FeatureSet[]): void {
  const [first] = sets;
  if (!first) throw new RangeError(`${caller}: there must be features of a model, got none`);
  for (const { name, classNames } of sets) {
    if (classNames.join('\n') === first.classNames.join('\n')) continue;
    throw new RangeError(
      `${caller}: all models must have the classes of ${first.name}, ${first.classNames.join(', ')}, got ${name} with ${classNames.join(', ')}`,
    );
  }
}
