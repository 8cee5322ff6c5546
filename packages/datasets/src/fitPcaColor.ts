import type { ColorComponents } from './augment/drawPcaColor.js';
import { eigen } from './augment/eigen.js';
import { imagesOf, type Source } from './imagesOf.js';

/**
 * Finds the directions in which the colours of all pixels of a training set vary, in one pass.
 *
 * @param source Held in memory or streamed; never more than one image of a stream is.
 * @returns Plain JSON, for `pcaColor` and its step.
 * @throws RangeError when the source holds no images.
 *
 * @example
 * ```ts
 * import { compose, embedded, fitPcaColor } from '@bcl/datasets';
 *
 * const colors = await fitPcaColor(embedded({ size: 20 }));
 * colors.eigenvalues.length; // => 3
 * compose([{ step: 'pcaColor', ...colors }]).steps.length; // => 1
 * ```
 */
export async function fitPcaColor(source: Source): Promise<ColorComponents> {
  const channels = source.shape[2];
  const sums = new Float64Array(channels);
  const products = new Float64Array(channels * channels);
  let pixels = 0;
  for await (const image of imagesOf('fitPcaColor', source)) {
    addProducts(image, channels, sums, products);
    pixels += image.length / channels;
  }
  const mean = (c: number) => (sums[c] as number) / pixels;
  const covariance = Array.from(sums, (_, c) =>
    Array.from(sums, (__, d) => {
      const product = products[Math.min(c, d) * channels + Math.max(c, d)] as number;
      return (product / pixels - mean(c) * mean(d)) / (255 * 255);
    }),
  );
  const { values, vectors } = eigen(covariance);
  // Rounding may leave less than nothing where a direction does not vary.
  return { eigenvalues: values.map((x) => Math.max(0, x)), eigenvectors: vectors };
}

/** Adds the pixels of an image: sums of whole numbers, exact below 2⁵³. */
function addProducts(
  image: Uint8Array,
  channels: number,
  sums: Float64Array,
  products: Float64Array,
): void {
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let i = c; i < image.length; i += channels) sum += image[i] as number;
    sums[c] = (sums[c] as number) + sum;
    for (let d = c; d < channels; d++) {
      let product = 0;
      for (let i = 0; i < image.length; i += channels) {
        product += (image[i + c] as number) * (image[i + d] as number);
      }
      products[c * channels + d] = (products[c * channels + d] as number) + product;
    }
  }
}
