import { badFile, listed, quoted } from '../badFile.js';
import { PickledTensor, type PickleValue, type StorageClaim } from '../pickle/PickleValue.js';
import { StoredTensor } from '../StoredTensor.js';

export interface StateDictOptions {
  file: string;
  /** Key of the dict that holds the tensors; looked for where it is not given. */
  under?: string | undefined;
  /** Bytes of the whole file: no tensor has more elements. */
  bytes: number;
}

/** Where checkpoints keep their state dict, the first that is there. */
const usualKeys = ['state_dict', 'model_state_dict', 'model', 'net', 'network'];

/**
 * The tensors of a state dict, or of the one in a checkpoint, which also holds epochs, optimizer states and the like.
 *
 * @param read Gives the bytes of a storage; called once for each storage that one of the tensors is in.
 */
export function stateDict(
  value: PickleValue,
  read: (claim: StorageClaim) => Uint8Array,
  { file, under, bytes }: StateDictOptions,
): Map<string, StoredTensor> {
  const dict = under === undefined ? findDict(value, file) : dictUnder(value, under, file);
  const storages = new Map<StorageClaim, Uint8Array>();
  const tensors = new Map<string, StoredTensor>();
  for (const [name, pickled] of dict) {
    if (typeof name !== 'string' || !(pickled instanceof PickledTensor)) continue;
    const { storage, dtype, offset, shape, strides } = pickled;
    const held = storages.get(storage.claim) ?? read(storage.claim);
    storages.set(storage.claim, held);
    const tensor = new StoredTensor(name, dtype, shape, { bytes: held, offset, strides });
    // Strides of 0 can make any number of elements of one.
    if (!(tensor.size <= bytes)) {
      throw badFile(file, `claims ${tensor.size} elements for ${quoted(name)} in ${bytes} bytes`);
    }
    tensors.set(name, tensor);
  }
  return tensors;
}

type Dict = Map<PickleValue, PickleValue>;

/** The object itself where it holds tensors, or what stands under a usual key. */
function findDict(value: PickleValue, file: string): Dict {
  if (!(value instanceof Map)) {
    throw badFile(file, `holds ${kindOf(value)}, where a state dict is a dict of tensors`);
  }
  if (holdsTensors(value)) return value;
  for (const key of usualKeys) {
    const inner = value.get(key);
    if (inner instanceof Map && holdsTensors(inner)) return inner;
  }
  const keys = textKeys(value);
  const what = keys.length === 0 ? 'is empty' : `has ${listed(keys, 12)} instead`;
  throw badFile(
    file,
    `holds no tensors: it ${what}; if the weights stand under one of these, pass { under: … }`,
  );
}

function dictUnder(value: PickleValue, under: string, file: string): Dict {
  const inner = value instanceof Map ? value.get(under) : undefined;
  if (inner instanceof Map) return inner;
  const keys = value instanceof Map ? textKeys(value) : [];
  throw badFile(file, `has no dict under ${quoted(under)}; its keys are ${listed(keys, 12)}`);
}

function holdsTensors(dict: Dict): boolean {
  for (const value of dict.values()) if (value instanceof PickledTensor) return true;
  return false;
}

function textKeys(dict: Dict): string[] {
  return [...dict.keys()].filter((key) => typeof key === 'string');
}

function kindOf(value: PickleValue): string {
  if (value instanceof PickledTensor) return 'one tensor';
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'nothing' : `a ${typeof value}`;
}
