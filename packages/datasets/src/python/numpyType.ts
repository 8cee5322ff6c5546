/** Plain numbers out of a NumPy array; 64-bit integers come as doubles. */
export type NumpyData = Uint8Array | Int32Array | Float32Array | Float64Array;

/** How the elements of a NumPy array are stored. */
export interface NumpyType {
  /** NumPy's name for it, such as `<f8`. */
  readonly name: string;
  /** Bytes of an element. */
  readonly bytes: number;
  /** The elements that these bytes are; a copy, unless they are bytes themselves. */
  readonly read: (bytes: Uint8Array, where: string) => NumpyData;
}

const types: readonly NumpyType[] = [
  { name: '|u1', bytes: 1, read: asBytes },
  { name: '<i4', bytes: 4, read: (bytes) => new Int32Array(aligned(bytes)) },
  { name: '<f4', bytes: 4, read: (bytes) => new Float32Array(aligned(bytes)) },
  { name: '<f8', bytes: 8, read: (bytes) => new Float64Array(aligned(bytes)) },
  { name: '<i8', bytes: 8, read: wholeNumbers },
];

/**
 * The type that NumPy calls `name`: bytes, and little-endian integers and floats.
 *
 * @param where What begins the message.
 * @throws Error for any other, objects and big-endian numbers among them.
 */
export function numpyType(name: string, where: string): NumpyType {
  // NumPy takes either letter for single bytes, which have no order.
  const known = types.find((type) => type.name === name || type.name === name.replace(/^</, '|'));
  if (known) return known;
  throw new Error(
    `${where}: the type of the numbers must be one of ${types.map((type) => type.name).join(', ')}, got '${shortened(name)}'; convert it in NumPy with array.astype`,
  );
}

/**
 * How many elements an array of this shape has.
 *
 * @throws Error when they do not fit into `bytes` bytes exactly; nothing of that size is made before.
 */
export function checkExtent(
  shape: readonly number[],
  type: NumpyType,
  bytes: number,
  where: string,
): number {
  const count = shape.reduce((product, side) => product * side, 1);
  if (count * type.bytes !== bytes) {
    throw new Error(
      `${where}: an array of shape [${shape.slice(0, 8).join(', ')}] and type ${type.name} takes ${count * type.bytes} bytes, got ${bytes}; the file was cut short or is damaged`,
    );
  }
  return count;
}

/** The same bytes as a plain array, whose `slice` copies as a Buffer's does not. */
function asBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** A copy that begins where any number may. */
function aligned(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer as ArrayBuffer;
}

/** 64-bit integers as doubles. */
function wholeNumbers(bytes: Uint8Array, where: string): Float64Array {
  const halves = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Float64Array(bytes.length / 8);
  for (let i = 0; i < values.length; i++) {
    const value = halves.getInt32(8 * i + 4, true) * 2 ** 32 + halves.getUint32(8 * i, true);
    if (!Number.isSafeInteger(value)) {
      throw new Error(
        `${where}: whole numbers must lie within ±2^53, got about ${value} at place ${i}; is the file damaged?`,
      );
    }
    values[i] = value;
  }
  return values;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
