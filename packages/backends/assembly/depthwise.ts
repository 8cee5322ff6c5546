/**
 * Gradient of a depthwise convolution with respect to its input, on one image, channels last: each gradient goes to the pixels under
 * the filter, channel by channel.
 *
 * @param dy `[outHeight, outWidth, channels]`.
 * @param filter `[filterHeight, filterWidth, channels]`.
 * @param dx `[height, width, channels]`, overwritten.
 */
export function depthwiseInputGradient(
  dy: usize, filter: usize, dx: usize, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, padTop: i32, padLeft: i32,
  dilationHeight: i32, dilationWidth: i32,
): void {
  const pixelBytes = <usize>channels << 2;
  const rowBytes = <usize>width * pixelBytes;
  memory.fill(dx, 0, <usize>height * rowBytes);
  for (let outY = 0; outY < outHeight; outY++) {
    for (let outX = 0; outX < outWidth; outX++) {
      for (let ky = 0; ky < filterHeight; ky++) {
        const y = outY * strideHeight - padTop + ky * dilationHeight;
        if (<u32>y >= <u32>height) continue;
        for (let kx = 0; kx < filterWidth; kx++) {
          const x = outX * strideWidth - padLeft + kx * dilationWidth;
          if (<u32>x >= <u32>width) continue;
          const to = dx + <usize>y * rowBytes + <usize>x * pixelBytes;
          const by = filter + <usize>(ky * filterWidth + kx) * pixelBytes;
          let c = 0;
          for (; c + 4 <= channels; c += 4) {
            const at = <usize>c << 2;
            v128.store(to + at, f32x4.add(v128.load(to + at), f32x4.mul(v128.load(dy + at), v128.load(by + at))));
          }
          for (; c < channels; c++) {
            const at = <usize>c << 2;
            store<f32>(to + at, load<f32>(to + at) + load<f32>(dy + at) * load<f32>(by + at));
          }
        }
      }
      dy += pixelBytes;
    }
  }
}

/**
 * Adds one image's part to the gradient of a depthwise convolution with respect to its filter. The products of a row of results are
 * summed before they are added, so that many images do not cost precision.
 *
 * @param x `[height, width, channels]`.
 * @param dy `[outHeight, outWidth, channels]`.
 * @param dFilter `[filterHeight, filterWidth, channels]`, added to.
 */
export function depthwiseFilterGradient(
  x: usize, dy: usize, dFilter: usize, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, padTop: i32, padLeft: i32,
  dilationHeight: i32, dilationWidth: i32,
): void {
  const pixelBytes = <usize>channels << 2;
  const stepBytes = <usize>strideWidth * pixelBytes;
  for (let outY = 0; outY < outHeight; outY++) {
    for (let ky = 0; ky < filterHeight; ky++) {
      const y = outY * strideHeight - padTop + ky * dilationHeight;
      if (<u32>y >= <u32>height) continue;
      for (let kx = 0; kx < filterWidth; kx++) {
        // The results whose pixel under this tap lies in the image.
        const left = kx * dilationWidth - padLeft;
        const first = left < 0 ? (strideWidth - 1 - left) / strideWidth : 0;
        const end = width > left ? min(outWidth, (width - 1 - left) / strideWidth + 1) : 0;
        if (first >= end) continue;
        const from = x + (<usize>y * <usize>width + <usize>(first * strideWidth + left)) * pixelBytes;
        const by = dy + (<usize>outY * <usize>outWidth + <usize>first) * pixelBytes;
        const to = dFilter + <usize>(ky * filterWidth + kx) * pixelBytes;
        let c = 0;
        for (; c + 4 <= channels; c += 4) {
          const at = <usize>c << 2;
          let a = from + at;
          let b = by + at;
          let sum = f32x4.splat(0);
          for (let outX = first; outX < end; outX++) {
            sum = f32x4.add(sum, f32x4.mul(v128.load(a), v128.load(b)));
            a += stepBytes;
            b += pixelBytes;
          }
          v128.store(to + at, f32x4.add(v128.load(to + at), sum));
        }
        for (; c < channels; c++) {
          const at = <usize>c << 2;
          let a = from + at;
          let b = by + at;
          let sum: f32 = 0;
          for (let outX = first; outX < end; outX++) {
            sum += load<f32>(a) * load<f32>(b);
            a += stepBytes;
            b += pixelBytes;
          }
          store<f32>(to + at, load<f32>(to + at) + sum);
        }
      }
    }
  }
}
