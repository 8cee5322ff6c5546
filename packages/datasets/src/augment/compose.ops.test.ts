import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { compose } from './compose.js';
import { applyFlip } from './flip.js';
import { applyPadCrop } from './padCrop.js';
import type { AugmentationStep } from './Step.js';

const steps: AugmentationStep[] = [
  { step: 'flip' },
  { step: 'padCrop', padding: 2 },
  { step: 'randomCrop', size: [4, 5] },
  { step: 'randomResizedCrop', size: [7, 6], scale: [0.2, 1] },
  { step: 'pcaColor', sigma: 0.5 },
  { step: 'randomErasing', fill: 'normal' },
  { step: 'randomErasing', fill: 'uniform', probability: 1 },
  { step: 'resize', size: [9, 10] },
  { step: 'centerCrop', size: [3, 3] },
];
/** All of them, in an order that goes. */
const all: AugmentationStep[] = [
  { step: 'resize', size: [12, 11] },
  { step: 'randomCrop', size: [11, 10] },
  { step: 'flip' },
  { step: 'randomResizedCrop', size: [8, 9], scale: [0.5, 1] },
  { step: 'pcaColor' },
  { step: 'centerCrop', size: [7, 7] },
  { step: 'flip', probability: 0.9 },
  { step: 'padCrop', padding: 1 },
  { step: 'randomErasing', fill: [1, 2, 3] },
];
const shape: [number, number, number, number] = [3, 8, 7, 3];

describe('an augmentation', () => {
  test.each([...steps.map((step) => [step.step, [step]] as const), ['all steps', all] as const])(
    'does the same to plain memory and to tensors: %s',
    async (_, chosen) => {
      const augment = compose(chosen);
      await fc.assert(
        fc.asyncProperty(fc.nat(), async (seed) => {
          const random = createRandom(seed);
          const data = Float32Array.from({ length: 504 }, () => Math.floor(256 * random()));
          const plan = augment.draw(shape, random);
          const x = tf.tensor4d(data, shape);
          const raw = augment.apply({ data, shape }, plan);
          const tensor = augment.apply(x, plan);
          expect(tensor.shape).toEqual(raw.shape);
          expect(tensor.shape).toEqual([3, ...augment.outputShape([8, 7, 3])]);
          await expect(tensor).toBeAllClose(raw.data, { rtol: 1e-5, atol: 2e-3 });

          const bytes = augment.apply({ data: Uint8Array.from(data), shape }, plan).data;
          const rounded = raw.data.map((v) => Math.min(255, Math.max(0, v)));
          // Each step that calculates rounds once; in all of them together that is two that resample and one that colours.
          const rounding = chosen === all ? 2 : 0.51;
          await expect(bytes).toBeAllClose(rounded, { rtol: 0, atol: rounding });
          tf.dispose([x, tensor]);
        }),
        { numRuns: 4 },
      );
    },
  );

  test('is its steps one after the other', async () => {
    const x = tf.randomUniform<tf.Rank.R4>(shape, -1, 1, 'float32', 1);
    const augment = compose([{ step: 'flip' }, { step: 'padCrop', padding: 2 }]);
    const plan = augment.draw(shape, createRandom(4));
    const [flips, crops] = plan.steps;
    const expected = applyPadCrop(applyFlip(x, flips as never), crops as never);
    await expect(augment.apply(x, plan)).toBeAllClose(expected, { rtol: 0, atol: 0 });
    await expect(augment.augment(x, createRandom(4))).toBeAllClose(expected);
  });

  test('pads what an earlier crop padded', async () => {
    const x = tf.tensor4d([1, 2, 3], [1, 1, 3, 1]);
    const crop = { step: 'padCrop', padding: 2 } as const;
    const twice = compose([crop, crop, { step: 'flip' }]);
    const to = (left: number) => ({ ...crop, top: Int32Array.of(2), left: Int32Array.of(left) });
    const plan = {
      shape: [1, 1, 3, 1] as const,
      steps: [to(0), to(4), { step: 'flip' as const, flip: Uint8Array.of(1) }],
    };
    // [0, 0, 1], then two further: [1, 0, 0], then mirrored.
    await expect(twice.apply(x, plan)).toBeAllClose([0, 0, 1]);
  });

  test('returns one new tensor and keeps its input, without steps too', () => {
    const x = tf.ones<tf.Rank.R4>(shape);
    for (const augment of [compose(all), compose([])]) {
      const before = tf.memory().numTensors;
      const varied = augment.augment(x, createRandom(1));
      expect(tf.memory().numTensors).toBe(before + 1);
      expect(varied).not.toBe(x);
      varied.dispose();
    }
    expect(x.isDisposed).toBe(false);
  });
});
