import { type NamedDataset, namedDatasets } from '@bcl/datasets';
import { suggestion } from '../names.js';

/** The data set that is called so. */
export function named(caller: string, name: string): NamedDataset {
  const found = namedDatasets.get(name);
  if (found) return found;
  throw new Error(
    `${caller}: there is no data set '${name}'. ${suggestion(name, [...namedDatasets.keys()])}`,
  );
}
