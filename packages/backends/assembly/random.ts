/**
 * Random weights by counting: number `i` follows from the key and `i` alone. The very arithmetic of `@bcl/models`, step by step, so
 * that a network starts from the same weights with these kernels and without.
 */

/** Normal numbers: a bit is the sign, the others choose between two entries of the table of quantiles. */
export function randomNormal(to: usize, count: i32, keyA: i32, keyB: i32, quantiles: usize, scale: f64): void {
  for (let i = 0; i < count; i++) {
    const bits = bitsAt(keyA, keyB, i);
    const odd = bits | 1;
    const zeros = <i32>clz<u32>(odd);
    const digits = odd << <u32>zeros;
    const at = quantiles + (<usize>(((31 - zeros) << 6) + <i32>((digits >>> 25) & 63)) << 3);
    const low = load<f64>(at);
    const size = low + (load<f64>(at, 8) - low) * (<f64>(digits & 0x1ffffff) / 33554432.0);
    store<f32>(to + (<usize>i << 2), <f32>((bits & 1 ? size : -size) * scale));
  }
}

/** Numbers spread evenly over ±scale. */
export function randomUniform(to: usize, count: i32, keyA: i32, keyB: i32, scale: f64): void {
  for (let i = 0; i < count; i++) {
    const place = <f64>bitsAt(keyA, keyB, i);
    store<f32>(to + (<usize>i << 2), <f32>(scale * ((2.0 * place + 1.0) / 4294967296.0 - 1.0)));
  }
}

// @ts-ignore: decorator
@inline
function bitsAt(a: i32, b: i32, i: i32): u32 {
  return mix(mix(<u32>(i + a)) ^ <u32>b);
}

// @ts-ignore: decorator
@inline
function mix(word: u32): u32 {
  let x = word;
  x = (x ^ (x >>> 16)) * 0x21f0aaad;
  x = (x ^ (x >>> 15)) * 0xd35a2d97;
  return x ^ (x >>> 15);
}
