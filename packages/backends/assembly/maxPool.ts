/**
 * Gradient of max pooling on one image, channels last: each output gradient goes to the first of the largest inputs of its window.
 *
 * @param x `[height, width, channels]`.
 * @param dy `[outHeight, outWidth, channels]`.
 * @param dx As x, overwritten.
 */
export function maxPoolGradient(
  x: usize, dy: usize, dx: usize, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32,
  padTop: i32, padLeft: i32,
): void {
  const pixelBytes = <usize>channels << 2;
  const rowBytes = <usize>width * pixelBytes;
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
