import { type Random, uniformInt } from '@bcl/random';
import { checkShare } from './ratio.js';

/** Height and width of the images, in pixels. */
export type ImageSize = readonly [height: number, width: number];

export interface DrawBoxesOptions {
  /** Where chance comes from. */
  readonly random: Random;
  /**
   * Whether a box may be cut off by the border, as in CutMix, or lies inside, as in ResizeMix, whose second
   * image is to be seen whole. Default `'cut'`.
   */
  readonly border?: 'cut' | 'inside';
}

/** Boxes and the shares that they leave. */
export interface BoxDraw {
  /** Top, left, bottom, right of each box in pixels, the last two outside it, `[B, 4]`. */
  readonly box: Int32Array;
  /** Share of the first image in each mix, `[B]`: what is left of its area, to the pixel. */
  readonly ratio: Float32Array;
}

/**
 * Draws for each ratio r a box of the image's proportions that is to cover 1 − r of it:
 *
 *     height = ⌊H sqrt(1 − r)⌋,   width = ⌊W sqrt(1 − r)⌋
 *
 * `'cut'`: the centre is uniform over all pixels and half the height and width, rounded down, lie on
 * either side of it, as far as there is image. `'inside'`: the place is uniform over all that the box fits
 * into. As boxes are rounded and cut, labels are not mixed by r but by the `ratio` that comes with them.
 *
 * @param ratio r, the share of the first image that is aimed at, `[B]`.
 * @param size Height and width of the images.
 * @throws RangeError when the size is no image's or a ratio lies outside 0..1.
 *
 * @example
 * ```ts
 * import { drawBoxes } from '@bcl/mixing';
 *
 * const { box, ratio } = drawBoxes([0.75], [4, 4], { random: () => 0.5 });
 * box; // => [1, 1, 3, 3]
 * ratio; // => [0.75]
 * ```
 *
 * @see Yun et al., "CutMix", arXiv:1905.04899, and rand_bbox of the authors' code,
 * clovaai/CutMix-PyTorch, train.py; Qin et al., "ResizeMix", arXiv:2012.11101. They draw one box for
 * a batch, we one for each image.
 */
export function drawBoxes(
  ratio: ArrayLike<number>,
  size: ImageSize,
  { random, border = 'cut' }: DrawBoxesOptions,
): BoxDraw {
  const [height, width] = size;
  if (!(size.length === 2 && [height, width].every((side) => Number.isInteger(side) && side > 0))) {
    throw new RangeError(
      `drawBoxes: size must be height and width in pixels, got [${Array.from(size).join(', ')}]`,
    );
  }
  if (border !== 'cut' && border !== 'inside') {
    throw new RangeError(`drawBoxes: border must be 'cut' or 'inside', got '${border}'`);
  }
  const draw = border === 'cut' ? cutRange : insideRange;
  const box = new Int32Array(4 * ratio.length);
  const left = Float32Array.from(ratio, (share, i) => {
    checkShare('drawBoxes', share);
    const scale = Math.sqrt(1 - share);
    const [top, bottom] = draw(random, height, Math.floor(height * scale));
    const [start, end] = draw(random, width, Math.floor(width * scale));
    box.set([top, start, bottom, end], 4 * i);
    return 1 - ((bottom - top) * (end - start)) / (height * width);
  });
  return { box, ratio: left };
}

/** A range around a uniform centre, as far as it lies in 0..side. */
function cutRange(random: Random, side: number, length: number): [number, number] {
  const centre = uniformInt(random, side);
  const half = Math.floor(length / 2);
  return [Math.max(0, centre - half), Math.min(side, centre + half)];
}

/** A range that lies in 0..side, its place uniform. */
function insideRange(random: Random, side: number, length: number): [number, number] {
  const from = uniformInt(random, side - length + 1);
  return [from, from + length];
}
