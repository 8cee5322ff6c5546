import { QUAD } from './simd';

/**
 * Gradient of max pooling on one image, channels last: each output gradient goes to the first of the largest inputs of its window.
 *
 * @param x `[height, width, channels]`.
 * @param dy `[outHeight, outWidth, channels]`.
 * @param dx As x, overwritten.
 */
export function maxPoolGradient(
  x: usize, dy: usize, dx: usize, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, padTop: i32, padLeft: i32,
  dilationHeight: i32, dilationWidth: i32,
): void {
  const pixelBytes = <usize>channels << 2;
  const rowBytes = <usize>width * pixelBytes;
  const pairs = filterHeight == 2 && filterWidth == 2 && dilationHeight == 1 && dilationWidth == 1;
  const apart = strideHeight == 2 && strideWidth == 2 && padTop == 0 && padLeft == 0;
  const whole = 2 * outHeight <= height && 2 * outWidth <= width;
  if (pairs && apart && whole && (channels & 3) == 0) {
    byPairs(x, dy, dx, height, width, outHeight, outWidth, pixelBytes);
    return;
  }
  memory.fill(dx, 0, <usize>height * rowBytes);
  for (let outY = 0; outY < outHeight; outY++) {
    const top = outY * strideHeight - padTop;
    for (let outX = 0; outX < outWidth; outX++) {
      const left = outX * strideWidth - padLeft;
      let c = 0;
      for (; c + 4 <= channels; c += 4) {
        const at = <usize>c << 2;
        let best = f32x4.splat(-Infinity);
        let place = i32x4.splat(-1);
        for (let ky = 0; ky < filterHeight; ky++) {
          const y = top + ky * dilationHeight;
          if (<u32>y >= <u32>height) continue;
          for (let kx = 0; kx < filterWidth; kx++) {
            const xx = left + kx * dilationWidth;
            if (<u32>xx >= <u32>width) continue;
            const v = v128.load(x + <usize>y * rowBytes + <usize>xx * pixelBytes + at);
            const larger = f32x4.gt(v, best);
            best = v128.bitselect(v, best, larger);
            place = v128.bitselect(i32x4.splat(ky * filterWidth + kx), place, larger);
          }
        }
        const d = v128.load(dy + at);
        for (let ky = 0; ky < filterHeight; ky++) {
          const y = top + ky * dilationHeight;
          if (<u32>y >= <u32>height) continue;
          for (let kx = 0; kx < filterWidth; kx++) {
            const xx = left + kx * dilationWidth;
            if (<u32>xx >= <u32>width) continue;
            const to = dx + <usize>y * rowBytes + <usize>xx * pixelBytes + at;
            const share = v128.and(d, i32x4.eq(place, i32x4.splat(ky * filterWidth + kx)));
            v128.store(to, f32x4.add(v128.load(to), share));
          }
        }
      }
      for (; c < channels; c++) {
        const at = <usize>c << 2;
        let best: f32 = -Infinity;
        let place: usize = 0;
        for (let ky = 0; ky < filterHeight; ky++) {
          const y = top + ky * dilationHeight;
          if (<u32>y >= <u32>height) continue;
          for (let kx = 0; kx < filterWidth; kx++) {
            const xx = left + kx * dilationWidth;
            if (<u32>xx >= <u32>width) continue;
            const offset = <usize>y * rowBytes + <usize>xx * pixelBytes + at;
            const v = load<f32>(x + offset);
            if (v > best) {
              best = v;
              place = dx + offset;
            }
          }
        }
        if (place) store<f32>(place, load<f32>(place) + load<f32>(dy + at));
      }
      dy += pixelBytes;
    }
  }
}

/** The same for windows of 2×2 side by side, all inside of the image: each input has one window, and is written once. */
function byPairs(
  x: usize, dy: usize, dx: usize, height: i32, width: i32, outHeight: i32, outWidth: i32, pixelBytes: usize,
): void {
  const rowBytes = <usize>width * pixelBytes;
  const usedBytes = <usize>(2 * outWidth) * pixelBytes;
  const none = f32x4.splat(-Infinity);
  for (let outY = 0; outY < outHeight; outY++) {
    for (let used: usize = 0; used < usedBytes; used += 2 * pixelBytes) {
      for (let at = used; at < used + pixelBytes; at += QUAD) {
        const right = at + pixelBytes;
        const below = at + rowBytes;
        const diagonal = below + pixelBytes;
        const d = v128.load(dy);
        // Where each is larger than all before it; the last such has the gradient.
        const first = v128.load(x + at);
        const isFirst = f32x4.gt(first, none);
        let best = v128.bitselect(first, none, isFirst);
        const second = v128.load(x + right);
        const isSecond = f32x4.gt(second, best);
        best = v128.bitselect(second, best, isSecond);
        const third = v128.load(x + below);
        const isThird = f32x4.gt(third, best);
        best = v128.bitselect(third, best, isThird);
        const isFourth = f32x4.gt(v128.load(x + diagonal), best);
        const late = v128.or(isThird, isFourth);
        v128.store(dx + at, v128.andnot(v128.and(d, isFirst), v128.or(isSecond, late)));
        v128.store(dx + right, v128.andnot(v128.and(d, isSecond), late));
        v128.store(dx + below, v128.andnot(v128.and(d, isThird), isFourth));
        v128.store(dx + diagonal, v128.and(d, isFourth));
        dy += QUAD;
      }
    }
    memory.fill(dx + usedBytes, 0, rowBytes - usedBytes);
    memory.fill(dx + rowBytes + usedBytes, 0, rowBytes - usedBytes);
    x += 2 * rowBytes;
    dx += 2 * rowBytes;
  }
  memory.fill(dx, 0, <usize>(height - 2 * outHeight) * rowBytes);
}
