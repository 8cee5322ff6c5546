type Data = Uint8Array | Float32Array;

/** A new array of the same kind. */
export function emptyLike<T extends Data>(data: T, length: number): T {
  return (data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)) as T;
}

/** How a number is kept in such an array. */
export function keeper(data: Data): (value: number) => number {
  return data instanceof Uint8Array ? toByte : (value) => value;
}

function toByte(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}
