import { createRandom } from '@bcl/random';
import { compose } from './compose.js';
import { drawFlip } from './drawFlip.js';
import { drawPadCrop } from './drawPadCrop.js';
import type { AugmentationStep } from './Step.js';

const shape = [2, 8, 8, 3] as const;

describe('compose', () => {
  test('survives JSON, with the defaults written out', () => {
    const augment = compose([
      { step: 'randomResizedCrop', size: [4, 4] },
      { step: 'flip' },
      { step: 'pcaColor' },
      { step: 'randomErasing' },
    ]);
    const text = JSON.stringify(augment);
    const again = compose(JSON.parse(text));
    expect(again.steps).toEqual(augment.steps);
    expect(again.draw(shape, createRandom(1))).toEqual(augment.draw(shape, createRandom(1)));
    expect(JSON.parse(text)[0]).toEqual({
      step: 'randomResizedCrop',
      size: [4, 4],
      scale: [0.08, 1],
      ratio: [3 / 4, 4 / 3],
    });
  });

  test('draws each step from the stream named for it, as the op does', () => {
    const random = createRandom(7);
    const { steps } = compose([{ step: 'flip' }, { step: 'padCrop' }]).draw(shape, random);
    expect(steps).toEqual([
      { step: 'flip', ...drawFlip(2, { random: createRandom('7/flip') }) },
      { step: 'padCrop', ...drawPadCrop(2, { random: createRandom('7/crop') }) },
    ]);
  });

  test('draws apart what comes twice, and leaves the one as it was when another is added', () => {
    const flip = { step: 'flip' } as const;
    const large = [200, 8, 8, 3] as const;
    const [first, second] = compose([flip, flip]).draw(large, createRandom(7)).steps;
    expect(first).not.toEqual(second);
    const [, before] = compose([{ step: 'pcaColor' }, flip]).draw(large, createRandom(7)).steps;
    expect(before).toEqual(first);
  });

  test('leaves out of evaluation what is chance, and keeps what decides on the size', () => {
    const evaluation = (...steps: AugmentationStep[]) => compose(steps).evaluation().steps;
    expect(evaluation({ step: 'flip' }, { step: 'padCrop' }, { step: 'randomErasing' })).toEqual(
      [],
    );
    expect(
      evaluation({ step: 'randomResizedCrop', size: [224, 224] }, { step: 'pcaColor' }),
    ).toEqual([
      { step: 'resize', size: 256 },
      { step: 'centerCrop', size: [224, 224] },
    ]);
    expect(
      evaluation(
        { step: 'resize', size: [40, 40] },
        { step: 'randomCrop', size: [32, 32] },
        { step: 'flip' },
      ),
    ).toEqual([
      { step: 'resize', size: [40, 40] },
      { step: 'centerCrop', size: [32, 32] },
    ]);
  });

  test('makes test images of the size of the training images, whatever they were', () => {
    const augment = compose([{ step: 'randomResizedCrop', size: [20, 32] }]);
    for (const [height, width] of [
      [64, 48],
      [21, 300],
      [10, 10],
    ] as const) {
      expect(augment.evaluation().outputShape([height, width, 3])).toEqual([20, 32, 3]);
      expect(augment.outputShape([height, width, 3])).toEqual([20, 32, 3]);
    }
  });

  test.each<[string, unknown, string]>([
    ['no list', { step: 'flip' }, 'compose: steps must be a list such as'],
    [
      'an unknown step',
      [{ step: 'spin' }],
      'compose: step must be one of flip, padCrop, randomCrop, randomResizedCrop, pcaColor, randomErasing, resize, centerCrop, got "spin"; was it written by a later @bcl/datasets?',
    ],
    ['nothing', [undefined], 'compose: step must be one of flip'],
    [
      'an unknown setting',
      [{ step: 'padCrop', pad: 4 }],
      'compose: padCrop has the settings padding, got pad',
    ],
    [
      'a setting out of range',
      [{ step: 'flip', probability: 2 }],
      'compose: flip: probability must be 0..1, got 2',
    ],
    [
      'a missing setting',
      [{ step: 'randomResizedCrop' }],
      'compose: randomResizedCrop: size must be [height, width] in whole pixels, got undefined',
    ],
    [
      'a wrong order',
      [{ step: 'padCrop' }, { step: 'pcaColor' }],
      'compose: pcaColor is for raw images and must come before padCrop, which is for preprocessed ones',
    ],
  ])('refuses %s', (_, steps, message) => {
    expect(() => compose(steps as AugmentationStep[])).toThrow(message);
  });

  test('refuses a plan for another batch, and chance without streams', () => {
    const augment = compose([{ step: 'flip' }]);
    const images = { data: new Uint8Array(192), shape: [1, 8, 8, 3] as const };
    expect(() => augment.apply(images, augment.draw(shape, createRandom(1)))).toThrow(
      new RangeError(
        'Augmentation.apply: the plan is for images [2, 8, 8, 3], got [1, 8, 8, 3]; draw one for this batch',
      ),
    );
    expect(() => augment.draw(shape, (() => 0) as never)).toThrow(
      new TypeError('draw: random must come from createRandom(seed): each step has its stream'),
    );
    expect(compose([{ step: 'resize', size: 4 }]).draw(shape).steps).toHaveLength(1);
  });

  test('keeps its input, be it a Buffer, and gives memory of its own', () => {
    const data = Buffer.from(Array.from({ length: 192 }, (_, i) => i));
    const images = { data, shape: [1, 8, 8, 3] as const };
    const before = [...data];
    const erase = { step: 'randomErasing', probability: 1, fill: 9 } as const;
    for (const steps of [[], [{ step: 'flip', probability: 1 }], [erase]] as const) {
      const { data: varied } = compose(steps).augment(images, createRandom(1));
      expect(varied.buffer).not.toBe(data.buffer);
      varied.fill(7);
      expect([...data]).toEqual(before);
    }
  });

  test('refuses images in plain memory that are none', () => {
    const augment = compose([{ step: 'flip' }]);
    const images =
      (data: unknown, size: readonly number[] = [1, 2, 2, 1]) =>
      () =>
        augment.augment({ data, shape: size } as never, createRandom(1));
    expect(images([1, 2, 3, 4])).toThrow(
      new TypeError('Augmentation.augment: data must be a Uint8Array or a Float32Array, got Array'),
    );
    expect(images(new Uint8Array(3))).toThrow(
      new RangeError('Augmentation.augment: images [1, 2, 2, 1] need 4 values, got 3'),
    );
    expect(images(new Uint8Array(4), [2, 2])).toThrow(
      new RangeError('Augmentation.augment: images must be [B, H, W, C], got [2, 2]'),
    );
    expect(() => augment.augment(undefined as never, createRandom(1))).toThrow(
      'Augmentation.augment: images must be [B, H, W, C], a tensor or { data, shape }, got undefined',
    );
  });
});
