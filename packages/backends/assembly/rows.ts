/** Copies `rows` rows of `bytes` bytes, a multiple of four, from one array of rows to another. */
export function copyRows(from: usize, fromStep: usize, to: usize, toStep: usize, rows: i32, bytes: usize): void {
  for (let row = 0; row < rows; row++) {
    if (bytes >= 512) {
      memory.copy(to, from, bytes);
    } else {
      let at: usize = 0;
      for (; at + 16 <= bytes; at += 16) v128.store(to + at, v128.load(from + at));
      for (; at < bytes; at += 4) store<f32>(to + at, load<f32>(from + at));
    }
    from += fromStep;
    to += toStep;
  }
}

/** Adds each of `rows` rows of `count` values to the values at its address in a table. */
export function addRows(from: usize, table: usize, rows: i32, count: i32): void {
  for (let row = 0; row < rows; row++) {
    const to = <usize>load<u32>(table + (<usize>row << 2));
    let i = 0;
    for (; i + 4 <= count; i += 4) {
      const at = <usize>i << 2;
      v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
    }
    for (; i < count; i++) {
      const at = <usize>i << 2;
      store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
    }
    from += <usize>count << 2;
  }
}
