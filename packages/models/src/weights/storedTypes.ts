import { bfloat16Values, float16Values } from './halfFloats.js';

/** How a file keeps the numbers of a tensor; PyTorch's names. */
export type StoredType =
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool';

/** Values as they are, without loss; 16-bit floats come as float32, which holds them all. */
export type StoredValues =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array;

/** Raw elements, one entry each. */
interface RawArray {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): StoredValues;
  new (length: number): StoredValues;
  readonly BYTES_PER_ELEMENT: number;
}

interface TypeRule {
  /** Array of the bits as they are in the file. */
  raw: RawArray;
  floating: boolean;
  /** Bits to values, where the bits are not the values themselves. */
  decode?: (bits: Uint16Array) => Float32Array;
}

const half = (decode: (bits: Uint16Array) => Float32Array): TypeRule => ({
  raw: Uint16Array as RawArray,
  floating: true,
  decode,
});
const plain = (raw: unknown, floating = false): TypeRule => ({ raw: raw as RawArray, floating });

/** All that can be read. */
export const storedTypes: Readonly<Record<StoredType, TypeRule>> = {
  float16: half(float16Values),
  bfloat16: half(bfloat16Values),
  float32: plain(Float32Array, true),
  float64: plain(Float64Array, true),
  int8: plain(Int8Array),
  int16: plain(Int16Array),
  int32: plain(Int32Array),
  int64: plain(BigInt64Array),
  uint8: plain(Uint8Array),
  uint16: plain(Uint16Array),
  uint32: plain(Uint32Array),
  uint64: plain(BigUint64Array),
  bool: plain(Uint8Array),
};

/** Bytes of one element. */
export function bytesOf(type: StoredType): number {
  return storedTypes[type].raw.BYTES_PER_ELEMENT;
}
