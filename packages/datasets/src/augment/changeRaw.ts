import type { Change, Move, Patch, Shift } from './change.js';
import type { RawImages } from './images.js';
import { asData, copyOf, emptyLike } from './rawData.js';
import { resampleRaw } from './resampleRaw.js';

/** Makes a change to images in plain memory. Bytes stay bytes: what is calculated is rounded and kept within 0..255. */
export function changeRaw<T extends Uint8Array | Float32Array>(
  images: RawImages<T>,
  change: Change,
): RawImages<T> {
  switch (change.kind) {
    case 'move':
      return moveRaw(images, change);
    case 'resample':
      return resampleRaw(images, change);
    case 'shift':
      return shiftRaw(images, change);
    case 'patch':
      return patchRaw(images, change);
  }
}

function moveRaw<T extends Uint8Array | Float32Array>(
  { data, shape }: RawImages<T>,
  { views }: Move,
): RawImages<T> {
  const [, height, width, channels] = shape;
  const [view] = views;
  const size = (view?.height ?? 0) * (view?.width ?? 0) * channels;
  const to = emptyLike(data, views.length * size);
  views.forEach(({ image, top, left, step, width: columns, y0, y1, x0, x1 }, n) => {
    for (let y = y0; y < y1; y++) {
      let from = ((image * height + top + y) * width + left + step * x0) * channels;
      let at = n * size + (y * columns + x0) * channels;
      if (step === 1) {
        to.set(data.subarray(from, from + (x1 - x0) * channels), at);
        continue;
      }
      for (let x = x0; x < x1; x++) {
        for (let c = 0; c < channels; c++) to[at++] = data[from + c] as number;
        from -= channels;
      }
    }
  });
  return {
    data: to,
    shape: [views.length, view?.height ?? height, view?.width ?? width, channels],
  };
}

function shiftRaw<T extends Uint8Array | Float32Array>(
  { data, shape }: RawImages<T>,
  { colors }: Shift,
): RawImages<T> {
  const [count, height, width, channels] = shape;
  const to = new Float32Array(data.length);
  const size = height * width * channels;
  for (let b = 0; b < count; b++) {
    const color = colors.subarray(b * channels, (b + 1) * channels);
    for (let i = b * size; i < (b + 1) * size; i += channels) {
      for (let c = 0; c < channels; c++) to[i + c] = (data[i + c] as number) + (color[c] as number);
    }
  }
  return { data: asData(to, data), shape };
}

function patchRaw<T extends Uint8Array | Float32Array>(
  { data, shape }: RawImages<T>,
  { boxes, values }: Patch,
): RawImages<T> {
  const [, height, width, channels] = shape;
  const to = copyOf(data);
  const paint = asData(values, data);
  let next = 0;
  boxes.forEach((box, b) => {
    for (let y = box.top; y < box.top + box.height; y++) {
      const row = ((b * height + y) * width + box.left) * channels;
      for (let i = 0; i < box.width * channels; i++) {
        to[row + i] = paint[next] as number;
        next = (next + 1) % values.length;
      }
    }
  });
  return { data: to, shape };
}
