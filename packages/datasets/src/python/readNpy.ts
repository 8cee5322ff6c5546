import { readFile } from 'node:fs/promises';
import { show } from '../dataset.js';
import { checkExtent, type NumpyData, numpyType } from './numpyType.js';

/** An array out of an `.npy` file. */
export interface NpyArray {
  /** The numbers, row after row. 64-bit integers come as doubles, which hold them exactly up to 2⁵³. */
  readonly data: NumpyData;
  readonly shape: readonly number[];
  /** The type in the file, as NumPy names it: `|u1`, `<i4`, `<i8`, `<f4` or `<f8`. */
  readonly type: string;
}

/** Longest header that is read, bytes; NumPy's own limit. */
const HEADER_LIMIT = 10_000;

/**
 * Reads an `.npy` file: one array of bytes, 32- or 64-bit integers or floats, little-endian, in C order.
 *
 * @param source The file's path, or its bytes.
 * @throws Error when it is not such a file: the message names the file, what came and the way out. No
 * more is ever allocated than the file's own size.
 *
 * @example
 * ```ts
 * import { readNpy } from '@bcl/datasets';
 *
 * const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }\n";
 * const file = Buffer.concat([Buffer.from('\x93NUMPY\x01\0<\0', 'latin1'), Buffer.from(header), Buffer.of(1, 2, 3, 4)]);
 * const { data, shape } = await readNpy(file);
 * shape; // => [2, 2]
 * data; // => [1, 2, 3, 4]
 * ```
 *
 * @see NumPy's `numpy.lib.format`, versions 1.0 and 2.0.
 */
export async function readNpy(source: string | Uint8Array): Promise<NpyArray> {
  if (source instanceof Uint8Array) return parseNpy(source, 'readNpy: the array');
  if (typeof source !== 'string' || source === '') {
    throw new TypeError(
      `readNpy: source must be the path of an .npy file or its bytes, got ${show(source)}`,
    );
  }
  return readNpyFile(source, 'readNpy');
}

/** The array in an `.npy` file; `caller` begins the messages. */
export async function readNpyFile(path: string, caller: string): Promise<NpyArray> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new Error(`${caller}: cannot read ${path}: ${error.message}`, { cause: error });
  });
  return parseNpy(bytes, `${caller}: ${path}`);
}

/** The array in the bytes of an `.npy` file; `where` begins the messages. */
function parseNpy(bytes: Uint8Array, where: string): NpyArray {
  const { text, end } = header(bytes, where);
  const { descr, fortran, shape } = parseHeader(text, where);
  const type = numpyType(descr, where);
  if (fortran) {
    throw new Error(
      `${where}: the array must be in C order, got Fortran order; save numpy.ascontiguousarray of it`,
    );
  }
  const content = bytes.subarray(end);
  checkExtent(shape, type, content.length, where);
  return { data: type.read(content, where), shape, type: type.name };
}

/** The text of the header, and where it ends. */
function header(bytes: Uint8Array, where: string): { text: string; end: number } {
  const latin1 = (from: number, to: number) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1', from, to);
  if (latin1(0, 6) !== '\x93NUMPY') {
    throw new Error(
      `${where}: an .npy file must begin with \\x93NUMPY, got ${bytes.length} bytes of something else; is it an .npz, or a page that says it was not found?`,
    );
  }
  const version = bytes[6];
  if (bytes.length < 12) throw cutShort(bytes.length, where);
  if (version !== 1 && version !== 2) {
    throw new Error(
      `${where}: the version of an .npy file must be 1 or 2, got ${version}; save it again with numpy.save`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > HEADER_LIMIT) {
    throw new Error(
      `${where}: the header must be at most ${HEADER_LIMIT} bytes, got a claim of ${length}; is the file damaged?`,
    );
  }
  const end = start + length;
  if (end > bytes.length) throw cutShort(bytes.length, where);
  return { text: latin1(start, end), end };
}

/** The entries of the header, which is a dict in Python's notation; in any order. */
function parseHeader(
  text: string,
  where: string,
): { descr: string; fortran: boolean; shape: number[] } {
  const entry = (pattern: RegExp) => text.match(pattern)?.[1];
  const descr = entry(/'descr': ?'([^']*)'/);
  const fortran = entry(/'fortran_order': ?(True|False)/);
  const sides = entry(/'shape': ?\(([\dL, ]*)\)/);
  const shape = sides
    ?.split(',')
    .map((side) => side.trim().replace(/L$/, ''))
    .filter((side) => side !== '')
    .map(Number);
  if (descr === undefined || fortran === undefined || !shape?.every(Number.isSafeInteger)) {
    throw new Error(
      `${where}: the header must say descr, one type of plain numbers, fortran_order and shape, got ${JSON.stringify(text.slice(0, 120).trim())}`,
    );
  }
  return { descr, fortran: fortran === 'True', shape };
}

function cutShort(length: number, where: string): Error {
  return new Error(`${where}: the file ends within its header, after ${length} bytes`);
}
