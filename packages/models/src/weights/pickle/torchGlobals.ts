import { spanOf } from '../StoredTensor.js';
import { bytesOf, type StoredType, storedTypes } from '../storedTypes.js';
import { PickleError } from './PickleReader.js';
import { Known, PickledTensor, type PickleValue, Storage } from './PickleValue.js';

/** Axes of a tensor, as many as PyTorch works with. */
const MOST_AXES = 64;

/** The storages of PyTorch that hold what can be read here. */
const storageTypes: Readonly<Record<string, StoredType>> = {
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  FloatStorage: 'float32',
  DoubleStorage: 'float64',
  CharStorage: 'int8',
  ShortStorage: 'int16',
  IntStorage: 'int32',
  LongStorage: 'int64',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
};

/**
 * All names out of Python that a state dict needs, each with what stands for it here. None of them calls anything but the few
 * lines below, which make data of data.
 */
const globals: ReadonlyMap<string, Known> = new Map(
  [
    new Known('collections.OrderedDict', orderedDict),
    new Known('collections.Counter', counter),
    new Known('torch.Size', ([sizes]) => checkSizes('torch.Size', sizes)),
    new Known('torch.device', device),
    new Known('torch._utils._rebuild_tensor', rebuildTensor),
    new Known('torch._utils._rebuild_tensor_v2', rebuildTensor),
    new Known('torch._utils._rebuild_tensor_v3', rebuildTypedTensor),
    new Known('torch._utils._rebuild_parameter', rebuildParameter),
    new Known('torch.storage.UntypedStorage'),
    ...Object.entries(storageTypes).map(
      ([name, dtype]) => new Known(`torch.${name}`, undefined, dtype),
    ),
    ...(Object.keys(storedTypes) as StoredType[]).map(
      (dtype) => new Known(`torch.${dtype}`, undefined, dtype),
    ),
  ].map((known) => [known.name, known]),
);

/**
 * What a name out of Python stands for.
 *
 * @throws PickleError for any name that is not of a state dict.
 */
export function globalOf(module: string, name: string): Known {
  const known = globals.get(`${module}.${name}`);
  if (known) return known;
  throw new PickleError(
    `asks for ${printable(module)}.${printable(name)}, which weights do not need; nothing was run. ${wayOut(module)}`,
  );
}

/** What a persistent id stands for: a storage. */
export function storageOf(id: PickleValue): Storage {
  if (!Array.isArray(id) || id[0] !== 'storage') {
    throw new PickleError('refers to something outside of it that is not a storage');
  }
  const [, type, key, , count, part] = id;
  if (!(type instanceof Known) || !/Storage$/.test(type.name)) {
    throw new PickleError('refers to a storage of no known type');
  }
  if (typeof key !== 'string') throw new PickleError('refers to a storage without a name');
  const claim = { key, dtype: type.dtype ?? null, count: checkCount('a storage', count) };
  if (part === undefined || part === null) return new Storage(claim, 0, claim.count);
  // The oldest files cut a storage into parts: name, first element, number of elements.
  const [, offset, size] = Array.isArray(part) ? part : [];
  return new Storage(claim, checkCount('a storage', offset), checkCount('a storage', size));
}

function orderedDict(args: readonly PickleValue[]): PickleValue {
  const [pairs = []] = args;
  if (!Array.isArray(pairs) || args.length > 1) {
    throw new PickleError('makes an OrderedDict of something else than pairs');
  }
  const dict = new Map<PickleValue, PickleValue>();
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new PickleError('makes an OrderedDict of something else than pairs');
    }
    dict.set(pair[0] as PickleValue, pair[1] as PickleValue);
  }
  return dict;
}

function counter(args: readonly PickleValue[]): PickleValue {
  const [counts = new Map()] = args;
  if (counts instanceof Map && args.length <= 1) return counts;
  throw new PickleError('makes a Counter of something else than a dict');
}

/** Where a tensor was, of which the kind is kept. */
function device([kind]: readonly PickleValue[]): PickleValue {
  if (typeof kind === 'string') return kind;
  throw new PickleError('makes a device of something else than its name');
}

/** `_rebuild_tensor(storage, offset, size, stride, …)`; what follows concerns gradients. */
function rebuildTensor(args: readonly PickleValue[]): PickledTensor {
  const [storage] = args;
  if (!(storage instanceof Storage) || storage.claim.dtype === null) {
    throw new PickleError('makes a tensor of something else than a storage of numbers');
  }
  return tensorOf(args, storage, storage.claim.dtype);
}

/** The same with the type of the numbers as seventh argument, for storages that are bytes. */
function rebuildTypedTensor(args: readonly PickleValue[]): PickledTensor {
  const [storage, , , , , , type] = args;
  if (!(storage instanceof Storage) || storage.claim.dtype !== null) {
    throw new PickleError('makes a tensor of something else than a storage of bytes');
  }
  if (!(type instanceof Known) || !type.dtype) {
    throw new PickleError('makes a tensor of no known number type');
  }
  return tensorOf(args, storage, type.dtype);
}

function rebuildParameter([tensor]: readonly PickleValue[]): PickledTensor {
  if (tensor instanceof PickledTensor) return tensor;
  throw new PickleError('makes a parameter of something else than a tensor');
}

function tensorOf(
  args: readonly PickleValue[],
  storage: Storage,
  dtype: StoredType,
): PickledTensor {
  const [, offset, size, stride] = args;
  const shape = checkSizes('a tensor', size);
  const strides = checkSizes('a tensor', stride);
  if (shape.length !== strides.length) {
    throw new PickleError(`makes a tensor of ${shape.length} axes with ${strides.length} strides`);
  }
  const start = checkCount('a tensor', offset);
  const elements = elementsIn(storage, dtype);
  if (!(start + spanOf(shape, strides) <= elements)) {
    throw new PickleError(
      `makes a tensor [${shape.join(', ')}] with strides [${strides.join(', ')}] from element ${start} of a storage of ${elements}`,
    );
  }
  return new PickledTensor(storage, dtype, storage.offset + start, shape, strides);
}

/** How many numbers of a type a storage claims. */
function elementsIn({ claim, count }: Storage, dtype: StoredType): number {
  return claim.dtype === null ? Math.floor(count / bytesOf(dtype)) : count;
}

function checkCount(what: string, value: PickleValue | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new PickleError(`gives ${what} a size, stride or offset that is no whole number from 0 up`);
}

function checkSizes(what: string, sizes: PickleValue | undefined): number[] {
  if (!Array.isArray(sizes) || sizes.length > MOST_AXES) {
    throw new PickleError(`gives ${what} no list of at most ${MOST_AXES} sizes`);
  }
  return sizes.map((size) => checkCount(what, size));
}

/** What to do about a name that is refused. */
function wayOut(module: string): string {
  if (/^(torch|torchvision|timm|__torch__|__main__)\b/.test(module)) {
    return 'It may be a whole model: save its weights alone, torch.save(model.state_dict(), file)';
  }
  if (/^(numpy|argparse|collections)\b/.test(module)) {
    return "It may be a checkpoint that keeps settings: save its weights alone, torch.save(checkpoint['state_dict'], file)";
  }
  return 'It may be made to do harm: do not open it in Python either, unless you trust where it is from';
}

/** A name out of the file, fit for a message. */
function printable(name: string): string {
  const clean = name.replace(/[^\x20-\x7e]/g, '?');
  return clean.length > 60 ? `${clean.slice(0, 59)}…` : clean;
}
