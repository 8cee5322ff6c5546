import { bytesOf, type StoredType, type StoredValues, storedTypes } from './storedTypes.js';

/** Where the elements of a tensor lie: some bytes, and a walk over them. */
export interface TensorPlace {
  /** All bytes of the storage, which other tensors may share. */
  bytes: Uint8Array;
  /** First element, counted in elements. */
  offset: number;
  /** Steps from one element to the next along each axis, counted in elements. */
  strides: readonly number[];
}

/**
 * A tensor in a weight file that was read. It is a view on the file: its numbers are taken out when they are asked for.
 */
export class StoredTensor {
  readonly #place: TensorPlace;

  constructor(
    /** Its name in the file. */
    readonly name: string,
    readonly dtype: StoredType,
    /** Sizes, in the layout of the file: PyTorch's is `[out, in, …]`. */
    readonly shape: readonly number[],
    place: TensorPlace,
  ) {
    this.#place = place;
  }

  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((all, size) => all * size, 1);
  }

  /**
   * The numbers, row by row and without loss: floats of 16 bits as float32, which holds them all, float64 as `Float64Array`,
   * int64 as `BigInt64Array`, bool as 0 and 1. What comes may be a view on the file: copy it before you change it.
   */
  values(): StoredValues {
    const { decode } = storedTypes[this.dtype];
    const raw = this.#raw();
    return decode ? decode(raw as Uint16Array) : raw;
  }

  /**
   * The numbers as TensorFlow.js can hold them: all floats as float32, so that float64 loses digits and becomes infinite beyond
   * 3.4e38; all integers and bool as int32.
   *
   * @throws RangeError for an integer that int32 does not hold: nothing is cut off in silence.
   */
  narrowed(): Float32Array | Int32Array {
    const values = this.values();
    if (values instanceof Float32Array || values instanceof Int32Array) return values;
    if (values instanceof Float64Array) return Float32Array.from(values);
    const narrow = new Int32Array(values.length);
    for (let i = 0; i < narrow.length; i++) {
      const value = Number(values[i]);
      narrow[i] = value;
      if (narrow[i] !== value) {
        throw new RangeError(
          `StoredTensor.narrowed: values of ${this.name} must fit into int32, got ${values[i]} (${this.dtype}) at place ${i}; take values() instead`,
        );
      }
    }
    return narrow;
  }

  /** The elements as they are in the file, one after the other. */
  #raw(): StoredValues {
    const { raw } = storedTypes[this.dtype];
    const { bytes, offset, strides } = this.#place;
    const count = this.size;
    if (count === 0) return new raw(0);
    const elements = elementsOf(bytes, this.dtype, offset, spanOf(this.shape, strides));
    if (isRowMajor(this.shape, strides)) return elements;
    const gathered = new raw(count);
    gather(elements, gathered, this.shape, strides);
    return gathered;
  }
}

/** Elements from the first to the last that a walk comes to; 0 where it comes to none. */
export function spanOf(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((end, size, axis) => end + (size - 1) * (strides[axis] as number), 1);
}

/** Steps of a tensor whose elements lie one after the other. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis] as number;
  }
  return strides;
}

/** Whether a walk with these strides takes the elements as they lie; an axis of one is never walked along. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  const plain = rowMajor(shape);
  return shape.every((size, axis) => size === 1 || strides[axis] === plain[axis]);
}

/** `count` elements from `offset` on: a view where they are aligned, else a copy. */
function elementsOf(
  bytes: Uint8Array,
  dtype: StoredType,
  offset: number,
  count: number,
): StoredValues {
  const { raw } = storedTypes[dtype];
  const size = bytesOf(dtype);
  const start = bytes.byteOffset + offset * size;
  if (start % size === 0) return new raw(bytes.buffer, start, count);
  const copy = bytes.slice(offset * size, (offset + count) * size);
  return new raw(copy.buffer, 0, count);
}

/** Walks over all places, the last axis fastest. */
function gather(
  from: StoredValues,
  to: StoredValues,
  shape: readonly number[],
  strides: readonly number[],
): void {
  const axes = shape.length;
  const place = new Array<number>(axes).fill(0);
  let at = 0;
  for (let i = 0; i < to.length; i++) {
    to[i] = from[at] as never;
    for (let axis = axes - 1; axis >= 0; axis--) {
      at += strides[axis] as number;
      place[axis] = (place[axis] as number) + 1;
      if ((place[axis] as number) < (shape[axis] as number)) break;
      at -= (strides[axis] as number) * (shape[axis] as number);
      place[axis] = 0;
    }
  }
}
