const copies = new WeakMap<Uint8Array, Uint8Array>();

/** The same bytes in memory that threads can share: copied once, and kept as long as the bytes are. */
export function sharedBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer) return bytes;
  const made = copies.get(bytes);
  if (made) return made;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  copies.set(bytes, shared);
  return shared;
}
