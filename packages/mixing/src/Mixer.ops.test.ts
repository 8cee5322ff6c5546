import * as tf from '@tensorflow/tfjs-core';
import { bc } from './bc.js';
import { bcPlus } from './bcPlus.js';
import { betweenClass } from './betweenClass.js';
import type { Draw } from './drawPairs.js';
import { Mixer } from './Mixer.js';

const ids = [0, 1, 2, 1];
const rows = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0, 1, 0],
];
const images = () => tf.tensor4d([1, 2, 3, 5, 8, 0, 0, 4, -1, 1, -3, 3, 7, 7, 7, 7], [4, 2, 2, 1]);
const draw: Draw = {
  partner: Int32Array.of(2, 0, 3, 0),
  ratio: Float32Array.of(0.25, 0.5, 1, 0.75),
};
const mixedRows = [0.25, 0, 0.75, 0.5, 0.5, 0, 0, 0, 1, 0.25, 0.75, 0];

describe('Mixer.apply', () => {
  test.each([
    ['bc', bc],
    ['bc+', bcPlus],
  ] as const)('mixes each image with its partner by %s', async (method, mix) => {
    const x = images();
    const mixed = new Mixer({ method, numClasses: 3 }).apply(x, ids, draw);
    const second = tf.concat([2, 0, 3, 0].map((j) => tf.slice(x, j, 1)));
    expect(mixed.images.shape).toEqual([4, 2, 2, 1]);
    await expect(mixed.images).toBeAllClose(mix(x, second, draw.ratio));
    expect(mixed.labels.shape).toEqual([4, 3]);
    await expect(mixed.labels).toBeAllClose(mixedRows);
  });

  test('copies no partner where a kernel reads it in its place', async () => {
    const [mixer, x] = [new Mixer(), images()];
    const kernel = tf.getKernel('BclBetweenClass', tf.getBackend());
    const run = await tf.profile(() => mixer.applyImages(x, draw));
    expect(run.kernelNames.includes('GatherV2')).toBe(!kernel);
  });

  test('takes the settings of betweenClass for a method', async () => {
    const x = images();
    const method = { zeroMean: true, keepEnergy: true };
    const mixed = new Mixer({ method, numClasses: 3 }).apply(x, ids, draw);
    const second = tf.gather(x, [2, 0, 3, 0]);
    await expect(mixed.images).toBeAllClose(betweenClass(x, second, draw.ratio, method));
  });

  test('mixes ids and rows alike, arrays and tensors, without reading them', async () => {
    const mixer = new Mixer({ numClasses: 3 });
    for (const labels of [
      ids,
      Int32Array.from(ids),
      Uint8Array.from(ids),
      rows,
      rows.map((row) => Float32Array.from(row)),
      tf.tensor1d(ids, 'int32'),
      tf.tensor1d(ids),
      tf.tensor2d(rows),
      tf.tensor2d(rows, [4, 3], 'int32'),
    ]) {
      const mixed = mixer.apply(images(), labels, draw);
      expect(mixed.labels.dtype).toBe('float32');
      await expect(mixed.labels).toBeAllClose(mixedRows);
    }
  });

  test('mixes labels by its rule', async () => {
    const single = new Mixer({ label: 'single', numClasses: 3 }).apply(images(), ids, draw);
    await expect(single.labels).toBeAllClose([0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0]);
    const multi = new Mixer({ label: 'multi', numClasses: 3 }).apply(images(), ids, draw);
    await expect(multi.labels).toBeAllClose([1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0]);
  });

  test('returns two new tensors and keeps its inputs', async () => {
    const [x, y] = [images(), tf.tensor2d(rows)];
    const mixer = new Mixer({ numClasses: 3 });
    const before = tf.memory().numTensors;
    mixer.apply(x, y, draw);
    mixer.apply(x, ids, draw);
    mixer.mix(x, ids);
    expect(tf.memory().numTensors).toBe(before + 6);
    await expect(x).toBeAllClose(images());
    await expect(y).toBeAllClose(rows.flat());
    expect([...draw.partner]).toEqual([2, 0, 3, 0]);
  });

  test('mixes what it draws', async () => {
    const mixed = new Mixer({ seed: 3, numClasses: 3 }).mix(images(), ids);
    const again = new Mixer({ seed: 3, numClasses: 3 });
    const apart = again.apply(images(), ids, again.draw(ids));
    await expect(mixed.images).toBeAllClose(apart.images, { rtol: 0, atol: 0 });
    await expect(mixed.labels).toBeAllClose(apart.labels, { rtol: 0, atol: 0 });
  });

  test('says what does not fit, and leaves no tensor behind', () => {
    const mixer = new Mixer({ numClasses: 3 });
    const x = images();
    const before = tf.memory().numTensors;
    const apply =
      (labels: Parameters<Mixer['apply']>[1], plan: Draw = draw) =>
      () =>
        mixer.apply(x, labels, plan);
    expect(apply([0, 1, 2])).toThrow(
      new RangeError('Mixer: as many labels as images are needed, got 3 for 4'),
    );
    expect(apply([0, 1, 2, 3])).toThrow(
      new RangeError(
        'Mixer: class ids must be integers from 0 to 2, got 3 at 3; is numClasses right?',
      ),
    );
    expect(apply([0, -1, 2, 1])).toThrow('got -1 at 1');
    const cube = tf.zeros([4, 3, 1]) as tf.Tensor as tf.Tensor2D;
    expect(apply(cube)).toThrow(
      new RangeError('Mixer: labels must be [B] or [B, K], got [4, 3, 1]'),
    );
    cube.dispose();
    expect(
      apply([
        [1, 0],
        [1, 0],
        [1, 0],
        [1, 0],
      ]),
    ).toThrow(new RangeError('Mixer: label rows must have 3 classes, got 2'));
    expect(apply(ids, { partner: Int32Array.of(1), ratio: Float32Array.of(1) })).toThrow(
      new RangeError('Mixer: a draw for 4 images is needed, got one for 1'),
    );
    expect(apply(ids, { ...draw, partner: Int32Array.of(1, 0, 4, 0) })).toThrow(
      new RangeError('Mixer: partners must be from 0 to 3, got 4'),
    );
    expect(apply(ids, { ...draw, ratio: Float32Array.of(0, 0, 0, 2) })).toThrow(
      new RangeError('Mixer: ratio must lie in 0..1, got 2'),
    );
    expect(() => new Mixer().apply(x, ids, draw)).toThrow(
      new RangeError(
        "Mixer: class ids need numClasses, got none; set it in the Mixer's options or give rows",
      ),
    );
    expect(tf.memory().numTensors).toBe(before);
  });
});
