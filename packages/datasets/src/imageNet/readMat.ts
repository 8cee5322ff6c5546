import { inflateSync } from 'node:zlib';

/** A variable of a MAT file: numbers, a text, or the elements of an array of structs. */
export type MatValue = readonly number[] | string | readonly MatStruct[];
export interface MatStruct {
  readonly [field: string]: MatValue;
}

/** Bytes before the first element. */
const HEADER = 128;

/** What one variable may unpack to, bytes; the devkit's is half a megabyte. */
const UNPACK_LIMIT = 16 * 2 ** 20;

/** Structs within structs. */
const DEPTH_LIMIT = 8;

/** Data types, miINT8 and so on. */
const COMPRESSED = 15;
const MATRIX = 14;
const NUMBERS: Readonly<
  Record<number, [bytes: number, read: (v: DataView, at: number) => number]>
> = {
  1: [1, (v, at) => v.getInt8(at)],
  2: [1, (v, at) => v.getUint8(at)],
  3: [2, (v, at) => v.getInt16(at, true)],
  4: [2, (v, at) => v.getUint16(at, true)],
  5: [4, (v, at) => v.getInt32(at, true)],
  6: [4, (v, at) => v.getUint32(at, true)],
  7: [4, (v, at) => v.getFloat32(at, true)],
  9: [8, (v, at) => v.getFloat64(at, true)],
};
/** Types of text: miUTF8 to miUTF32, of which files hold the first two. */
const TEXTS: Readonly<Record<number, string>> = { 16: 'utf-8', 17: 'utf-16le' };

/** Array classes, mxSTRUCT_CLASS and so on; 6 to 13 are the kinds of numbers. */
const STRUCT = 2;
const CHAR = 4;
const [FIRST_NUMBER, LAST_NUMBER] = [6, 13];

interface Element {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads a MATLAB 5 file of numbers, texts and structs, compressed or not, little-endian as every machine of today writes it.
 *
 * @throws Error for other content, by its name, and for a file that is damaged.
 *
 * @see "MAT-File Format", MathWorks, R2019b, chapter 1.
 */
export function readMat(bytes: Uint8Array): Map<string, MatValue> {
  const order = String.fromCharCode(bytes[126] ?? 0, bytes[127] ?? 0);
  if (bytes.length < HEADER || order !== 'IM') {
    throw new Error('it must be a little-endian MAT file of version 5');
  }
  const variables = new Map<string, MatValue>();
  for (const element of elements(bytes.subarray(HEADER))) {
    const plain = element.type === COMPRESSED ? unpacked(element.bytes) : element;
    if (plain.type !== MATRIX)
      throw new Error(`it holds data of type ${plain.type} outside of an array`);
    const { name, value } = readMatrix(plain.bytes, 0);
    variables.set(name, value);
  }
  return variables;
}

/** The element in a compressed one. */
function unpacked(bytes: Uint8Array): Element {
  const [element] = elements(inflateSync(bytes, { maxOutputLength: UNPACK_LIMIT }));
  if (!element) throw new Error('a compressed element is empty');
  return element;
}

/** The elements one after the other; each is checked against the bytes that are there. */
function* elements(bytes: Uint8Array): Generator<Element> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) throw new Error('it ends within the head of an element');
    const word = view.getUint32(at, true);
    const small = word >>> 16;
    const type = small > 0 ? word & 0xffff : word;
    const size = small > 0 ? small : view.getUint32(at + 4, true);
    const from = small > 0 ? at + 4 : at + 8;
    if (small > 4 || size > bytes.length - from) {
      throw new Error(`an element claims ${size} bytes where ${bytes.length - from} are left`);
    }
    yield { type, bytes: bytes.subarray(from, from + size) };
    // Elements fill whole groups of eight bytes, compressed ones apart.
    at = small > 0 ? at + 8 : from + (type === COMPRESSED ? size : Math.ceil(size / 8) * 8);
  }
}

function readMatrix(bytes: Uint8Array, depth: number): { name: string; value: MatValue } {
  if (bytes.length === 0) return { name: '', value: [] };
  if (depth > DEPTH_LIMIT) throw new Error(`structs lie more than ${DEPTH_LIMIT} deep`);
  const parts = elements(bytes);
  const next = () => {
    const { value, done } = parts.next();
    if (done || !value) throw new Error('an array ends before its data');
    return value;
  };
  const flags = numbers(next())[0] ?? 0;
  const kind = flags & 0xff;
  if (flags & 0x800) throw new Error('it holds complex numbers');
  const count = numbers(next()).reduce((product, side) => product * side, 1);
  const name = latin(next().bytes);
  if (kind === STRUCT) return { name, value: readStructs(count, next, depth) };
  if (kind === CHAR) return { name, value: text(next()) };
  if (kind < FIRST_NUMBER || kind > LAST_NUMBER) {
    throw new Error(`'${name}' is an array of class ${kind}, not of numbers, text or structs`);
  }
  const value = numbers(next());
  if (value.length !== count) {
    throw new Error(`'${name}' claims ${count} numbers and holds ${value.length}`);
  }
  return { name, value };
}

/** `count` structs: the length of a field's name, the names, and each struct's values. */
function readStructs(count: number, next: () => Element, depth: number): MatStruct[] {
  const width = numbers(next())[0] ?? 0;
  const names = latin(next().bytes);
  if (!(width > 0 && names.length % width === 0))
    throw new Error('the names of fields are damaged');
  const fields = Array.from({ length: names.length / width }, (_, i) =>
    names.slice(i * width, (i + 1) * width).replace(/\0.*$/s, ''),
  );
  const structs: MatStruct[] = [];
  for (let i = 0; i < count && fields.length > 0; i++) {
    const values = fields.map((field) => {
      const { type, bytes } = next();
      if (type !== MATRIX) throw new Error(`the field ${field} is no array`);
      return [field, readMatrix(bytes, depth + 1).value] as const;
    });
    structs.push(Object.fromEntries(values));
  }
  return structs;
}

function numbers({ type, bytes }: Element): number[] {
  const kind = NUMBERS[type];
  if (!kind) throw new Error(`it holds numbers of type ${type}`);
  const [size, read] = kind;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => read(view, i * size));
}

/** A text in one row. Texts without an encoding of their own are of UTF-16 units, in as few bytes as they need. */
function text(element: Element): string {
  const encoding = TEXTS[element.type];
  if (encoding) return new TextDecoder(encoding).decode(element.bytes);
  return numbers(element).reduce((sum, code) => sum + String.fromCharCode(code), '');
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
