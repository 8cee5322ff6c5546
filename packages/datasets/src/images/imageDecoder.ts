import { checkCount, show } from '../dataset.js';
import { importOptional } from '../importOptional.js';

/** How images of any size become images of one. */
export interface DecodeOptions {
  /** Side of the images that come out, or their height and width, pixels. */
  readonly size: number | readonly [height: number, width: number];
  /**
   * `'crop'` resizes until the image just covers the wanted one and cuts away equal parts of what sticks out: for a
   * square, the shorter side becomes `size` and the centre is kept. `'squash'` resizes height and
   * width each by itself and keeps all of the image. Default `'crop'`.
   */
  readonly fit?: 'crop' | 'squash';
  /**
   * Share of each side that a crop keeps, 0..1: with 224 / 256 and `size: 224` the shorter side becomes 256 before the
   * centre is cut out, as is usual in testing on ImageNet. Default 1.
   */
  readonly cropShare?: number;
  /** 3 for red, green and blue, 1 for grey levels. Default 3. */
  readonly channels?: 1 | 3;
  /** Refuses images of more pixels than this, by their header. Default 2²⁷, 134 million. */
  readonly maxPixels?: number;
  /**
   * Refuses what a decoder only warns of too: bytes that no image needs, codes that cannot be. Default false: some
   * images of ImageNet are like that, and look well.
   */
  readonly strict?: boolean;
}

/** An encoded image to the bytes of the wanted shape; rejects with the decoder's own error. */
export type ImageDecoder = (image: string | Uint8Array) => Promise<Uint8Array>;

const MAX_PIXELS = 2 ** 27;

/**
 * Makes a decoder of JPEG, PNG and WebP images, given by path or by their bytes. It works in Node's pool of threads,
 * by `sharp`. The orientation that a camera notes down is applied, colour spaces become sRGB, what is
 * transparent becomes black, an animation its first picture; the filter is Lanczos's.
 *
 * @throws Error when `sharp` is not installed, RangeError when an option is out of range.
 */
export async function imageDecoder(
  caller: string,
  options: DecodeOptions,
): Promise<{ decode: ImageDecoder; shape: readonly [number, number, number] }> {
  const { fit = 'crop', cropShare = 1, channels = 3, maxPixels = MAX_PIXELS, strict } = options;
  const [height, width] = sides(caller, options.size);
  if (fit !== 'crop' && fit !== 'squash') {
    throw new RangeError(`${caller}: fit must be 'crop' or 'squash', got ${show(fit)}`);
  }
  if (!(cropShare > 0 && cropShare <= 1)) {
    throw new RangeError(`${caller}: cropShare must be above 0 and at most 1, got ${cropShare}`);
  }
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`${caller}: channels must be 1 or 3, got ${show(channels)}`);
  }
  checkCount(caller, 'maxPixels', maxPixels);
  const { default: sharp } = await importOptional(
    caller,
    'sharp',
    'decoding images',
    () => import('sharp'),
  );

  const share = fit === 'crop' ? cropShare : 1;
  const [outerHeight, outerWidth] = [Math.round(height / share), Math.round(width / share)];
  const resize = { fit: fit === 'crop' ? ('cover' as const) : ('fill' as const) };
  const centre = {
    left: (outerWidth - width) >> 1,
    top: (outerHeight - height) >> 1,
    width,
    height,
  };
  const input = {
    failOn: strict ? ('warning' as const) : ('error' as const),
    limitInputPixels: maxPixels,
  };
  const decode = async (image: string | Uint8Array) => {
    const pipeline = sharp(image, input)
      .autoOrient()
      .flatten()
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .resize(outerWidth, outerHeight, resize);
    if (share < 1) pipeline.extract(centre);
    const { buffer, byteOffset, length } = await pipeline.raw({ depth: 'uchar' }).toBuffer();
    if (length !== height * width * channels) {
      throw new Error(`it gives ${length} bytes, not ${height} x ${width} x ${channels}`);
    }
    return new Uint8Array(buffer, byteOffset, length);
  };
  return { decode, shape: [height, width, channels] };
}

function sides(caller: string, size: DecodeOptions['size']): readonly [number, number] {
  const [height, width] = typeof size === 'number' ? [size, size] : (size ?? []);
  if (!(isSide(height) && isSide(width))) {
    throw new RangeError(
      `${caller}: size must be a whole number of pixels from 1 to ${MAX_SIDE}, or [height, width], got ${JSON.stringify(size)}`,
    );
  }
  return [height, width];
}

/** Sides beyond this are a slip; pixels. */
const MAX_SIDE = 16384;

function isSide(side: number | undefined): side is number {
  return Number.isInteger(side) && (side as number) >= 1 && (side as number) <= MAX_SIDE;
}
