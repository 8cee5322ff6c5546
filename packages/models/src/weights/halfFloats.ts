/** Values of IEEE 754 half-precision floats, exact: 1 sign bit, 5 of exponent, 10 of fraction. */
export function float16Values(bits: Uint16Array): Float32Array {
  const table = float16Table();
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i] as number] as number;
  return values;
}

/** Values of bfloat16, the upper half of a float32. */
export function bfloat16Values(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = (bits[i] as number) << 16;
  return new Float32Array(words.buffer);
}

let table: Float32Array | undefined;

/** The value of each of the 65 536 half floats; made when the first file has some. */
function float16Table(): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => float16(bits));
  return table;
}

function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
