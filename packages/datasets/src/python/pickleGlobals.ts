import { checkExtent, type NumpyData, type NumpyType, numpyType } from './numpyType.js';

/** A NumPy array out of a pickle. */
export class PickledArray {
  shape: readonly number[] = [0];
  data: NumpyData = new Uint8Array(0);

  /** Takes what `ndarray.__setstate__` gets: version, shape, type, whether in Fortran order, and the bytes. */
  build(state: unknown, where: string): void {
    const [, shape, type, fortran, bytes] = Array.isArray(state) ? state : [];
    // First the type: of objects there are no bytes.
    const plain = type instanceof PickledType ? type.plain(where) : undefined;
    if (
      !(plain && bytes instanceof Uint8Array && Array.isArray(shape)) ||
      !shape.every((side) => Number.isSafeInteger(side) && side >= 0)
    ) {
      throw new Error(
        `${where}: an array must be told its shape, type and bytes; the pickle is damaged, download it again`,
      );
    }
    if (fortran) {
      throw new Error(
        `${where}: an array must be in C order, got Fortran order; pickle numpy.ascontiguousarray of it`,
      );
    }
    checkExtent(shape, plain, bytes.length, where);
    this.shape = [...shape];
    this.data = plain.read(bytes, where);
  }
}

/** NumPy's type of an array's elements, out of a pickle. */
class PickledType {
  readonly #code: string;
  #order = '|';

  constructor(code: string) {
    this.#code = code;
  }

  build(state: unknown, where: string): void {
    const order = Array.isArray(state) ? text(state[1]) : undefined;
    if (order === undefined) throw new Error(`${where}: a dtype must be told its byte order`);
    this.#order = order;
  }

  plain(where: string): NumpyType {
    return numpyType(`${this.#order}${this.#code}`, where);
  }
}

/** Something that a pickle may name. */
export interface PickleGlobal {
  /** What calling it makes, if it may be called; `undefined` when the arguments are wrong. */
  readonly call?: (args: readonly unknown[], context: PickleContext) => unknown;
}

/** What a call in a pickle happens in. */
interface PickleContext {
  /** What begins the messages. */
  readonly where: string;
  /** Is told of bytes made anew. */
  readonly spend: (bytes: number) => void;
}

const reconstruct: PickleGlobal = { call: () => new PickledArray() };

const scalar: PickleGlobal = {
  call: ([type, bytes], { where }) => {
    if (!(type instanceof PickledType && bytes instanceof Uint8Array)) return undefined;
    const plain = type.plain(where);
    return bytes.length === plain.bytes ? plain.read(bytes, where)[0] : undefined;
  },
};

/** All that a pickle may name: NumPy's arrays of plain numbers, and how Python 3 writes bytes for Python 2. */
const globals = new Map<string, PickleGlobal>([
  ['numpy ndarray', {}],
  ['numpy dtype', { call: ([code]) => typeOf(text(code)) }],
  ['numpy.core.multiarray _reconstruct', reconstruct],
  ['numpy._core.multiarray _reconstruct', reconstruct],
  ['numpy.core.multiarray scalar', scalar],
  ['numpy._core.multiarray scalar', scalar],
  ['_codecs encode', { call: encoded }],
]);

/**
 * What a pickle may name by `module` and `name`.
 *
 * @throws Error for all else: a pickle that could name any function could run any.
 */
export function pickleGlobal(module: string, name: string, where: string): PickleGlobal {
  const found = globals.get(`${module} ${name}`);
  if (found) return found;
  throw new Error(
    `${where}: refused the global ${JSON.stringify(`${module}.${name}`.slice(0, 100))}: only arrays, lists, dicts, strings and numbers are read from a pickle`,
  );
}

function typeOf(code: string | undefined): PickledType | undefined {
  return code === undefined ? undefined : new PickledType(code);
}

/** The bytes that `_codecs.encode(string, 'latin1')` gives. */
function encoded(
  [string, codec]: readonly unknown[],
  { spend }: PickleContext,
): Uint8Array | undefined {
  if (typeof string !== 'string' || text(codec) !== 'latin1') return undefined;
  spend(string.length);
  return Buffer.from(string, 'latin1');
}

/** A short string of Python's, be it bytes or text. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!(value instanceof Uint8Array) || value.length > SHORT) return undefined;
  return Buffer.from(value).toString('latin1');
}

/** Longest string that counts as short, bytes; no key or name is longer. */
const SHORT = 256;
