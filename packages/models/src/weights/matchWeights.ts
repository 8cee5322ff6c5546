import type { LayersModel } from '@tensorflow/tfjs-layers';
import { listed } from './badFile.js';
import type { StoredTensor } from './StoredTensor.js';
import { storedTypes } from './storedTypes.js';
import { type TorchWeight, torchWeights } from './torchWeights.js';

/** A weight of the model, and what the file holds for it. */
export interface Match {
  ours: TorchWeight;
  stored: StoredTensor;
}

export interface MatchOptions {
  strict?: boolean;
  prefix?: string;
  rename?: (name: string) => string | null;
  /** Weights of the model that take nothing from the file, whatever it holds for them. */
  passedOver: readonly string[];
}

export interface Matches {
  matches: Match[];
  missing: string[];
  unexpected: string[];
}

/** What wrappers of PyTorch put before every name. */
const usualPrefixes = ['module.', '_orig_mod.'];

/** Names that one error lists of a kind; all of them are in its cause. */
const NAMES_SHOWN = 20;

/**
 * Finds what a file holds for each weight of a model.
 *
 * @throws Error when names or shapes do not fit.
 */
export function matchWeights(
  model: LayersModel,
  tensors: ReadonlyMap<string, StoredTensor>,
  file: string,
  { strict = true, prefix, rename = (name) => name, passedOver }: MatchOptions,
): Matches {
  const weights = torchWeights(model);
  const skipped = new Set(passedOver);
  const strip = prefixOf([...tensors.keys()], prefix);
  const found = new Map<string, StoredTensor>();
  const unexpected: string[] = [];
  for (const [theirs, stored] of tensors) {
    const name = rename(theirs.startsWith(strip) ? theirs.slice(strip.length) : theirs);
    if (name === null || skipped.has(name)) continue;
    if (found.has(name)) {
      throw new Error(
        `loadWeights: every tensor needs a name of its own, got ${listed([name], 1)} twice from ${file}; look at rename and prefix`,
      );
    }
    if (weights.has(name)) found.set(name, stored);
    else if (!name.endsWith('.num_batches_tracked')) unexpected.push(theirs);
  }
  const wanted = [...weights.values()].filter(({ name }) => !skipped.has(name));
  const matches = wanted.flatMap((ours) => {
    const stored = found.get(ours.name);
    return stored ? [{ ours, stored }] : [];
  });
  const missing = wanted.filter(({ name }) => !found.has(name)).map(({ name }) => name);
  const misfits = {
    missing: strict ? missing : [],
    unexpected: strict ? unexpected : [],
    misshapen: matches.filter(hasOtherShape).map(describeShapes),
    mistyped: matches
      .filter(hasOtherKind)
      .map(({ ours, stored }) => `${ours.name} ${stored.dtype}`),
  };
  if (matches.length === 0 || Object.values(misfits).some((names) => names.length > 0)) {
    throw misfitError(model, file, misfits, { matches, missing, unexpected });
  }
  return { matches, missing, unexpected };
}

/** What is to be taken off all names. */
function prefixOf(names: readonly string[], given: string | undefined): string {
  if (given !== undefined || names.length === 0) return given ?? '';
  let prefix = '';
  for (;;) {
    const next = usualPrefixes.find((usual) => names.every((n) => n.startsWith(prefix + usual)));
    if (!next) return prefix;
    prefix += next;
  }
}

function hasOtherShape({ ours, stored }: Match): boolean {
  return ours.shape.join() !== stored.shape.join();
}

/** Floats do not become integers here, nor integers (a quantised network) floats. */
function hasOtherKind({ ours, stored }: Match): boolean {
  return (ours.weight.dtype === 'float32') !== storedTypes[stored.dtype].floating;
}

function describeShapes({ ours, stored }: Match): string {
  return `${ours.name} (the model's is [${ours.shape.join(', ')}], the file's [${stored.shape.slice(0, 8).join(', ')}])`;
}

interface Misfits {
  missing: string[];
  unexpected: string[];
  misshapen: string[];
  mistyped: string[];
}

function misfitError(model: LayersModel, file: string, misfits: Misfits, all: Matches): Error {
  const { missing, unexpected, misshapen, mistyped } = misfits;
  const parts = [
    part(missing, 'missing'),
    part(unexpected, 'unexpected'),
    part(misshapen, 'misshapen'),
    part(mistyped, 'of another type'),
  ].filter((text) => text !== '');
  const what = parts.length > 0 ? parts.join('; ') : 'none of its names is a weight of the model';
  return new Error(`loadWeights: ${file} does not fit ${model.name}: ${what}. ${advice(all)}`, {
    cause: misfits,
  });
}

function part(names: readonly string[], kind: string): string {
  return names.length === 0 ? '' : `${names.length} ${kind}: ${shown(names)}`;
}

/** Names as they are: those of shapes carry brackets. */
function shown(names: readonly string[]): string {
  const more = names.length > NAMES_SHOWN ? ` … (${names.length} in all)` : '';
  return `${names.slice(0, NAMES_SHOWN).join(', ')}${more}`;
}

function advice({ matches, missing }: Matches): string {
  if (matches.length === 0) {
    return 'It seems to be of another network; if only its names are others, pass { prefix } or { rename }';
  }
  const misshapen = matches.filter(hasOtherShape);
  if (missing.length === 0 && misshapen.length > 0 && misshapen.length <= 2) {
    return 'If only the classes are others, pass { headless: true } to load all but the classifier';
  }
  return 'Pass { headless: true } to leave out the classifier, { prefix } or { rename } where names differ, { strict: false } to load what there is';
}
