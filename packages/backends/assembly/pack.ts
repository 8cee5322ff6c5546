/**
 * Packs a `[depth, columns]` matrix into panels of eight columns, `[ceil(columns / 8)][stride][8]`, filling up with zeros.
 *
 * @param ld Values from one row to the next.
 * @param stride Rows from one panel to the next, at least `depth`.
 */
export function packPanels(from: usize, ld: i32, to: usize, stride: i32, depth: i32, columns: i32): void {
  const step = <usize>ld << 2;
  const panelBytes = <usize>stride << 5;
  const whole = columns >> 3;
  for (let k = 0; k < depth; k++) {
    let source = from + <usize>k * step;
    let target = to + (<usize>k << 5);
    for (let panel = 0; panel < whole; panel++) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
      source += 32;
      target += panelBytes;
    }
    const rest = columns & 7;
    if (rest) {
      for (let i = 0; i < 8; i++) {
        store<f32>(target + (<usize>i << 2), i < rest ? load<f32>(source + (<usize>i << 2)) : 0);
      }
    }
  }
}

/**
 * Packs the transpose of a `[columns, depth]` matrix into panels, `[ceil(columns / 8)][stride][8]`.
 *
 * @param ld Values from one row to the next.
 */
export function packPanelsTransposed(from: usize, ld: i32, to: usize, stride: i32, depth: i32, columns: i32): void {
  const step = <usize>ld << 2;
  const panelBytes = <usize>stride << 5;
  for (let column = 0; column < columns; column += 8) {
    const source = from + <usize>column * step;
    const target = to + <usize>(column >> 3) * panelBytes;
    if (columns - column >= 8) {
      transpose4(source, step, target, 32, depth);
      transpose4(source + 4 * step, step, target + 16, 32, depth);
    } else {
      for (let i = 0; i < 8; i++) {
        const inside = column + i < columns;
        for (let k = 0; k < depth; k++) {
          const at = target + (<usize>k << 5) + (<usize>i << 2);
          store<f32>(at, inside ? load<f32>(source + <usize>i * step + (<usize>k << 2)) : 0);
        }
      }
    }
  }
}

/**
 * Packs a `[depth, rows]` matrix into quads of columns, `[ceil(rows / 4)][stride][4]`, filling up with zeros.
 *
 * @param ld Values from one value of k to the next.
 */
export function packQuads(from: usize, ld: i32, to: usize, stride: i32, depth: i32, rows: i32): void {
  const step = <usize>ld << 2;
  const quadBytes = <usize>stride << 4;
  const whole = rows >> 2;
  for (let k = 0; k < depth; k++) {
    let source = from + <usize>k * step;
    let target = to + (<usize>k << 4);
    for (let quad = 0; quad < whole; quad++) {
      v128.store(target, v128.load(source));
      source += 16;
      target += quadBytes;
    }
    const rest = rows & 3;
    if (rest) {
      for (let i = 0; i < 4; i++) {
        store<f32>(target + (<usize>i << 2), i < rest ? load<f32>(source + (<usize>i << 2)) : 0);
      }
    }
  }
}

/**
 * Packs the transpose of a `[rows, depth]` matrix into quads, `[ceil(rows / 4)][stride][4]`, filling up with zeros.
 *
 * @param ld Values from one row to the next.
 */
export function packQuadsTransposed(from: usize, ld: i32, to: usize, stride: i32, depth: i32, rows: i32): void {
  const step = <usize>ld << 2;
  for (let row = 0; row < rows; row += 4) {
    const source = from + <usize>row * step;
    const target = to + ((<usize>(row >> 2) * <usize>stride) << 4);
    if (rows - row >= 4) {
      transpose4(source, step, target, 16, depth);
    } else {
      for (let i = 0; i < 4; i++) {
        const inside = row + i < rows;
        for (let k = 0; k < depth; k++) {
          const at = target + (<usize>k << 4) + (<usize>i << 2);
          store<f32>(at, inside ? load<f32>(source + <usize>i * step + (<usize>k << 2)) : 0);
        }
      }
    }
  }
}

/** Packs quads from pixels found through a table of `depth` addresses, `offset` bytes before the `rows` values of each. */
export function packQuadsIndirect(table: usize, offset: usize, to: usize, stride: i32, depth: i32, rows: i32): void {
  for (let k = 0; k < depth; k++) {
    packQuads(<usize>load<u32>(table + (<usize>k << 2)) + offset, 0, to + (<usize>k << 4), stride, 1, rows);
  }
}

/**
 * Transpose of a `[rows, columns]` matrix into `[columns, rows]`.
 *
 * @param fromLd, toLd Values from one row of each to the next.
 */
export function transpose(from: usize, fromLd: i32, to: usize, toLd: i32, rows: i32, columns: i32): void {
  const fromStep = <usize>fromLd << 2;
  const toStep = <usize>toLd << 2;
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    transpose4(from + <usize>row * fromStep, fromStep, to + (<usize>row << 2), toStep, columns);
  }
  for (; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      store<f32>(
        to + <usize>column * toStep + (<usize>row << 2),
        load<f32>(from + <usize>row * fromStep + (<usize>column << 2)),
      );
    }
  }
}

/** Four rows of `count` values, `fromStep` bytes apart, become `count` quads, `toStep` bytes apart. */
function transpose4(from: usize, fromStep: usize, to: usize, toStep: usize, count: i32): void {
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const r0 = v128.load(from), r1 = v128.load(from + fromStep);
    const r2 = v128.load(from + 2 * fromStep), r3 = v128.load(from + 3 * fromStep);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    v128.store(to + toStep, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
    v128.store(to + 2 * toStep, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
    v128.store(to + 3 * toStep, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
    from += 16;
    to += 4 * toStep;
  }
  for (; k < count; k++) {
    store<f32>(to, load<f32>(from));
    store<f32>(to, load<f32>(from + fromStep), 4);
    store<f32>(to, load<f32>(from + 2 * fromStep), 8);
    store<f32>(to, load<f32>(from + 3 * fromStep), 12);
    from += 4;
    to += toStep;
  }
}
