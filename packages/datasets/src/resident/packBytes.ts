/** Bytes as words of four, the first in the lowest place; in the same memory where they lie and end on a word, else copied, zeros behind. */
export function packFours(bytes: Uint8Array): Int32Array {
  const { buffer, byteOffset, length } = bytes;
  if ((byteOffset | length) % 4 === 0) return new Int32Array(buffer, byteOffset, length / 4);
  const padded = new Uint8Array(4 * Math.ceil(length / 4));
  padded.set(bytes);
  return new Int32Array(padded.buffer);
}

/**
 * Bytes in rows as numbers of three, b₀ + 256 b₁ + 65536 b₂, which are exact in float32 and so on every backend; each row ends with zeros
 * where it does not fill its last number.
 *
 * @param width Bytes of a row.
 */
export function packThrees(bytes: Uint8Array, width: number): Float32Array {
  const perRow = Math.ceil(width / 3);
  const packed = new Float32Array((bytes.length / width) * perRow);
  let to = 0;
  for (let row = 0; row < bytes.length; row += width) {
    const end = row + width;
    const byte = (at: number): number => (at < end ? (bytes[at] as number) : 0);
    for (let at = row; at < end; at += 3) {
      packed[to++] = byte(at) + 256 * byte(at + 1) + 65536 * byte(at + 2);
    }
  }
  return packed;
}
