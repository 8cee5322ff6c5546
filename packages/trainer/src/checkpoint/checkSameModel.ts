import type { NamedWeights } from '../training/namedWeights.js';
import type { SavedTensors } from './Checkpoint.js';

/** Throws unless a checkpoint holds the weights of this model: the same names and shapes. */
export function checkSameModel(
  folder: string,
  specs: SavedTensors['specs'],
  { trainable, others, frozen }: NamedWeights,
): void {
  const own = new Map(
    Object.entries({ ...trainable, ...others, ...frozen }).map(([name, { shape }]) => [
      name,
      `[${shape}]`,
    ]),
  );
  const saved = new Map(specs.map(({ name, shape }) => [name, `[${shape}]`]));
  const differ = (what: string) => {
    return new Error(
      `ModelManager.restore: ${folder} is of another model: ${what}; nothing was changed. ModelManager.load makes its own model`,
    );
  };
  for (const [name, shape] of saved) {
    const mine = own.get(name);
    if (!mine) throw differ(`it holds ${name} ${shape}, which this model does not have`);
    if (mine !== shape) throw differ(`${name} is ${shape} there and ${mine} here`);
  }
  for (const [name, shape] of own) {
    if (!saved.has(name)) throw differ(`it lacks ${name} ${shape}`);
  }
}
