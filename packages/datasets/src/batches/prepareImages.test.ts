import { createRandom } from '@bcl/random';
import * as fc from 'fast-check';
import { compose } from '../augment/compose.js';
import type { RawImages } from '../augment/images.js';
import type { AugmentationStep } from '../augment/Step.js';
import type { PreprocessingMethod } from '../checkPreprocessing.js';
import type { Normalization } from './normalizeImages.js';
import { prepareImages } from './prepareImages.js';

/** A set of images of any small size, a batch of them, constants, and a seed. */
const scene = fc
  .tuple(
    // Below and above 256 pixels, where a table pays.
    fc.constantFrom([1, 1], [4, 5], [18, 17]),
    fc.constantFrom(1, 2, 3, 4),
    fc.integer({ min: 1, max: 4 }),
    fc.nat(),
    fc.constantFrom<PreprocessingMethod>('standard', 'bc', 'bc+'),
  )
  .map(([[height, width], channels, count, seed, method]) => {
    const random = createRandom(seed);
    const shape = [height as number, width as number, channels] as const;
    const size = shape[0] * shape[1] * channels;
    const data = Uint8Array.from({ length: 5 * size }, () => Math.floor(256 * random()));
    const indices = Int32Array.from({ length: count }, () => Math.floor(5 * random()));
    const normalization: Normalization = {
      method,
      mean: Array.from({ length: channels }, () => 255 * random()),
      std: Array.from({ length: channels }, () => 1 + 80 * random()),
    };
    return { pool: { data, indices, shape }, normalization, seed, size };
  });
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

/** The formula, image by image. */
function reference({ pool: { data, indices, shape }, normalization, size }: Scene): RawImages {
  const [, , channels] = shape;
  const { method, mean, std } = normalization;
  const normal = Array.from(indices).flatMap((index) => {
    const image = Array.from(data.subarray(index * size, (index + 1) * size));
    const m = method === 'bc+' ? image.reduce((sum, v) => sum + v, 0) / size : 0;
    return image.map(
      (v, i) => (v - (m + (mean[i % channels] as number))) / (std[i % channels] as number),
    );
  });
  return { data: Float32Array.from(normal), shape: [indices.length, ...shape] };
}

describe('prepareImages', () => {
  test('normalises each image', async () => {
    await fc.assert(
      fc.property(scene, (drawn) => {
        const { pool, normalization } = drawn;
        expect(prepareImages(pool, { steps: [], normalization })).toEqual(reference(drawn));
      }),
    );
  });

  test('gives, bit for bit, what normalising first and then flipping, cropping and erasing does', async () => {
    const { steps } = compose([
      { step: 'flip' },
      { step: 'padCrop', padding: 2 },
      { step: 'randomErasing', fill: 'normal' },
      { step: 'padCrop', padding: 1 },
    ]);
    await fc.assert(
      fc.property(scene, fc.nat(4), (drawn, count) => {
        const { pool, normalization, seed } = drawn;
        const chosen = steps.slice(0, count);
        const normal = reference(drawn);
        const expected = compose(chosen).augment(normal, createRandom(seed));
        const transform = { steps: chosen, normalization };
        expect(prepareImages(pool, transform, createRandom(seed))).toEqual(expected);
      }),
    );
  });

  test('does the steps for raw images before it normalises, and rounds none of them', async () => {
    const raw: AugmentationStep[] = [
      { step: 'randomCrop', size: [14, 13] },
      { step: 'randomResizedCrop', size: [9, 8], scale: [0.5, 1] },
      { step: 'flip' },
      { step: 'pcaColor', sigma: 1 },
    ];
    const prepared: AugmentationStep[] = [{ step: 'flip' }, { step: 'padCrop' }];
    await fc.assert(
      fc.property(scene, fc.nat(4), (drawn, count) => {
        const { pool, normalization, seed, size } = drawn;
        fc.pre(pool.shape[0] > 13 && pool.shape[2] === 3);
        const { steps } = compose([...raw.slice(0, count), ...prepared]);
        const plan = compose(steps).draw([pool.indices.length, ...pool.shape], createRandom(seed));
        const gathered = Array.from(pool.indices).flatMap((index) =>
          Array.from(pool.data.subarray(index * size, (index + 1) * size)),
        );
        const floats = { data: Float32Array.from(gathered), shape: plan.shape };
        const before = compose(raw.slice(0, count));
        const first = before.apply(floats, { ...plan, steps: plan.steps.slice(0, count) });
        const normal = prepareImages(
          {
            data: first.data,
            indices: Int32Array.from(pool.indices, (_, b) => b),
            shape: [first.shape[1], first.shape[2], first.shape[3]],
          },
          { steps: [], normalization },
        );
        const after = { shape: normal.shape, steps: plan.steps.slice(count) };
        const expected = compose(prepared).apply(normal, after);
        const found = prepareImages(pool, { steps, normalization }, createRandom(seed));
        expect(found).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('leaves bytes as they are without constants', () => {
    const pool = {
      data: Uint8Array.of(1, 255, 3, 0),
      indices: Int32Array.of(1, 0),
      shape: [1, 2, 1] as const,
    };
    expect(prepareImages(pool, { steps: [] })).toEqual({
      data: Float32Array.of(3, 0, 1, 255),
      shape: [2, 1, 2, 1],
    });
  });
});
