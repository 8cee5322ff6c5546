import { badFile, quoted } from '../badFile.js';
import { rowMajor, StoredTensor } from '../StoredTensor.js';
import { bytesOf, type StoredType } from '../storedTypes.js';

/** Longest header that the format allows, bytes. */
const LONGEST_HEADER = 100_000_000;

/** The format's names of number types. */
const typeNames: Readonly<Record<string, StoredType>> = {
  F16: 'float16',
  BF16: 'bfloat16',
  F32: 'float32',
  F64: 'float64',
  I8: 'int8',
  I16: 'int16',
  I32: 'int32',
  I64: 'int64',
  U8: 'uint8',
  U16: 'uint16',
  U32: 'uint32',
  U64: 'uint64',
  BOOL: 'bool',
};

/** One tensor of the header. */
interface Entry {
  name: string;
  dtype: StoredType;
  shape: number[];
  start: number;
  end: number;
}

/**
 * Reads the tensors of a `.safetensors` file: the length of its header in 8 bytes, the header as JSON, and the numbers, which
 * must fill the rest without gap or overlap.
 *
 * @param bytes The whole file. The tensors are views on it.
 * @param file What to call it in errors.
 * @throws Error for a file that is cut short, or whose header does not fit it.
 *
 * @see https://github.com/huggingface/safetensors, "Format".
 */
export function parseSafetensors(bytes: Uint8Array, file: string): Map<string, StoredTensor> {
  const { header, data } = split(bytes, file);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, about]) => entryOf(name, about, file));
  checkFilled(entries, data.length, file);
  return new Map(
    entries.map(({ name, dtype, shape, start, end }) => {
      const place = { bytes: data.subarray(start, end), offset: 0, strides: rowMajor(shape) };
      return [name, new StoredTensor(name, dtype, shape, place)];
    }),
  );
}

/** The header and what comes after it. */
function split(bytes: Uint8Array, file: string): { header: object; data: Uint8Array } {
  if (bytes.length < 8) throw badFile(file, `is too short for any weights: ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, true);
  if (length > LONGEST_HEADER || Number(length) > bytes.length - 8) {
    throw badFile(
      file,
      `claims a header of ${length} bytes where ${bytes.length - 8} are left; it is cut short, or of another format`,
    );
  }
  const end = 8 + Number(length);
  return { header: parseHeader(bytes.subarray(8, end), file), data: bytes.subarray(end) };
}

function parseHeader(bytes: Uint8Array, file: string): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw badFile(file, `has a header that is not JSON: ${(error as Error).message}`);
  }
  if (isObject(header)) return header;
  throw badFile(file, 'has a header that is not a JSON object');
}

function entryOf(name: string, about: unknown, file: string): Entry {
  const { dtype, shape, data_offsets: offsets } = isObject(about) ? about : {};
  const wrong = (what: string) => badFile(file, `${what}; tensor ${quoted(name)}`);
  if (typeof dtype !== 'string' || !Object.hasOwn(typeNames, dtype)) {
    const known = Object.keys(typeNames).join(', ');
    throw wrong(`has numbers of type ${JSON.stringify(dtype)?.slice(0, 40)}, known are ${known}`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw wrong('has a shape that is no list of whole numbers from 0 up');
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw wrong('has offsets that are no two whole numbers from 0 up');
  }
  const [start, end] = offsets as [number, number];
  const type = typeNames[dtype] as StoredType;
  const size = shape.reduce((all, each) => all * each, bytesOf(type));
  if (end - start !== size) {
    throw wrong(
      `has ${end - start} bytes where [${shape.slice(0, 8).join(', ')}] of ${dtype} take ${size}`,
    );
  }
  return { name, dtype: type, shape, start, end };
}

/** The numbers of all tensors together are what comes after the header, each byte once. */
function checkFilled(entries: readonly Entry[], size: number, file: string): void {
  const sorted = [...entries].sort((a, b) => a.start - b.start || a.end - b.end);
  let at = 0;
  for (const { name, start, end } of sorted) {
    if (start !== at) {
      const what =
        start < at ? 'shares bytes with another tensor' : 'leaves bytes before it unused';
      throw badFile(file, `is not in order: tensor ${quoted(name)} ${what}`);
    }
    at = end;
  }
  if (at !== size) {
    const what = at > size ? 'it is cut short' : 'something was added to it';
    throw badFile(file, `has ${size} bytes of numbers where its header tells of ${at}; ${what}`);
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
