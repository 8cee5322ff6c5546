import { F32, QUAD } from './simd';

/**
 * Gradient of average pooling on one image, channels last: each output gradient goes in equal shares to the pixels of its window that lie
 * in the image.
 *
 * @param dy `[outHeight, outWidth, channels]`.
 * @param dx `[height, width, channels]`, overwritten.
 */
export function averagePoolGradient(
  dy: usize, dx: usize, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, padTop: i32, padLeft: i32,
): void {
  const pixelBytes = <usize>channels << 2;
  for (let y = 0; y < height; y++) {
    const firstY = firstWindow(y + padTop, filterHeight, strideHeight);
    const endY = min(outHeight, (y + padTop) / strideHeight + 1);
    for (let x = 0; x < width; x++) {
      const firstX = firstWindow(x + padLeft, filterWidth, strideWidth);
      const endX = min(outWidth, (x + padLeft) / strideWidth + 1);
      if (firstY >= endY || firstX >= endX) memory.fill(dx, 0, pixelBytes);
      for (let outY = firstY; outY < endY; outY++) {
        const rows = inside(outY * strideHeight - padTop, filterHeight, height);
        for (let outX = firstX; outX < endX; outX++) {
          const share: f32 = 1 / <f32>(rows * inside(outX * strideWidth - padLeft, filterWidth, width));
          const from = dy + <usize>(outY * outWidth + outX) * pixelBytes;
          if (outY == firstY && outX == firstX) setShare(from, dx, share, channels);
          else addShare(from, dx, share, channels);
        }
      }
      dx += pixelBytes;
    }
  }
}

/** The first window that reaches a place, counted from where the padding begins. */
// @ts-ignore: decorator
@inline
function firstWindow(place: i32, filter: i32, stride: i32): i32 {
  return place < filter ? 0 : (place - filter) / stride + 1;
}

/** How many places of a window lie in the image. */
// @ts-ignore: decorator
@inline
function inside(begin: i32, filter: i32, length: i32): i32 {
  return min(length, begin + filter) - max(0, begin);
}

/** dx = share · dy. */
// @ts-ignore: decorator
@inline
function setShare(dy: usize, dx: usize, share: f32, channels: i32): void {
  const shares = f32x4.splat(share);
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    v128.store(dx, f32x4.mul(shares, v128.load(dy)));
    v128.store(dx, f32x4.mul(shares, v128.load(dy, QUAD)), QUAD);
    dy += 2 * QUAD;
    dx += 2 * QUAD;
  }
  for (; c < channels; c++) {
    store<f32>(dx, share * load<f32>(dy));
    dy += F32;
    dx += F32;
  }
}

/** dx ← dx + share · dy. */
// @ts-ignore: decorator
@inline
function addShare(dy: usize, dx: usize, share: f32, channels: i32): void {
  const shares = f32x4.splat(share);
  let c = 0;
  for (; c + 8 <= channels; c += 8) {
    v128.store(dx, f32x4.add(v128.load(dx), f32x4.mul(shares, v128.load(dy))));
    v128.store(dx, f32x4.add(v128.load(dx, QUAD), f32x4.mul(shares, v128.load(dy, QUAD))), QUAD);
    dy += 2 * QUAD;
    dx += 2 * QUAD;
  }
  for (; c < channels; c++) {
    store<f32>(dx, load<f32>(dx) + share * load<f32>(dy));
    dy += F32;
    dx += F32;
  }
}
