/** A tensor to be written. */
export interface NamedValues {
  name: string;
  shape: readonly number[];
  dtype: string;
  values: Float32Array | Int32Array | Uint8Array | BigInt64Array;
}

/** The format's names of number types. */
const typeNames: Readonly<Record<string, string>> = {
  float32: 'F32',
  int32: 'I32',
  bool: 'BOOL',
  int64: 'I64',
};

/**
 * A `.safetensors` file: 8 bytes with the length of the header, the header, the numbers. Larger number types come first, as the
 * format's own library does it, so that all numbers lie at addresses that their size divides.
 */
export function encodeSafetensors(tensors: readonly NamedValues[]): Uint8Array {
  const ordered = [...tensors].sort(
    (a, b) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT,
  );
  let at = 0;
  const entries = ordered.map(({ name, shape, dtype, values }) => {
    const start = at;
    at += values.byteLength;
    return [name, { dtype: typeNames[dtype], shape, data_offsets: [start, at] }];
  });
  const json = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  const header = new TextEncoder().encode(json);
  const padded = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + at).fill(0x20, 8, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(header, 8);
  let to = 8 + padded;
  for (const { values } of ordered) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), to);
    to += values.byteLength;
  }
  return bytes;
}
