/** A new array of the same kind. Never a `Buffer`, whose memory may be someone else's. */
export function emptyLike<T extends Uint8Array | Float32Array>(data: T, length: number): T {
  return (data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)) as T;
}

/** A copy; `Buffer.slice` is none. */
export function copyOf<T extends Uint8Array | Float32Array>(data: T): T {
  const copy = emptyLike(data, data.length);
  copy.set(data);
  return copy;
}

/** Calculated values in the kind of array that `like` is: floats as they are, bytes rounded and kept within 0..255. */
export function asData<T extends Uint8Array | Float32Array>(values: Float32Array, like: T): T {
  if (!(like instanceof Uint8Array)) return values as T;
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    bytes[i] = Math.min(255, Math.max(0, Math.round(values[i] as number)));
  }
  return bytes as T;
}
