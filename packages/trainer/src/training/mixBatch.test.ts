import { embedded, Preprocessing, type PreprocessingMethod } from '@bcl/datasets';
import { Mixer, type MixerOptions } from '@bcl/mixing';
import { createRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import type { AugmentOptions } from './augmented.js';
import { mixBatch } from './mixBatch.js';

const set = embedded({ size: 60 });
const augment = { padding: 4, flip: true };

/** A batch of eight; `debug` keeps a mixer to tensor ops. */
function batch(
  method: PreprocessingMethod,
  mixing: MixerOptions,
  varied: AugmentOptions | false = augment,
): { images: tf.Tensor4D; labels: tf.Tensor2D } {
  const mixer = new Mixer({ seed: 5, numClasses: 10, ...mixing });
  const preprocessing = Preprocessing.fit(set, method);
  const draw = mixer.drawFrom(set.labels, 8, { size: [32, 32] });
  return mixBatch(set, mixer, draw, { preprocessing, augment: varied, chance: createRandom(3) });
}

describe('mixBatch', () => {
  test.each<[string, PreprocessingMethod, MixerOptions, AugmentOptions | false]>([
    ['BC+', 'bc+', { method: 'bc+' }, augment],
    ['BC', 'bc', { method: 'bc' }, augment],
    ['BC+ without augmentation', 'bc+', { method: 'bc+' }, false],
    ['flips alone', 'bc', { method: 'bc' }, { padding: 0, flip: true }],
    ['crops alone', 'bc', { method: 'bc' }, { padding: 2, flip: false }],
    ['single steps', 'bc+', { method: { zeroMean: true, keepEnergy: true } }, augment],
    ['single labels', 'bc', { method: 'bc', label: 'single' }, augment],
  ])('gives by bytes what tensor ops give: %s', async (_, method, mixing, varied) => {
    const byBytes = batch(method, mixing, varied);
    const byTensors = batch(method, { ...mixing, debug: true }, varied);
    await expect(byBytes.images).toBeAllClose(byTensors.images, { rtol: 1e-4, atol: 1e-4 });
    await expect(byBytes.labels).toBeAllClose(byTensors.labels);
    expect(Math.max(...(await byBytes.images.data()))).toBeGreaterThan(0.5);
  });

  test.each<[string, MixerOptions]>([
    ['CutMix', { method: 'cutmix' }],
    ['three classes', { method: 'bc+', classes: 3 }],
    [
      'several rules',
      {
        oneOf: [
          { method: 'bc', weight: 1 },
          { method: 'bc+', weight: 1 },
        ],
      },
    ],
  ])('mixes what the sweep does not know: %s', async (_, mixing) => {
    const { images, labels } = batch('bc+', mixing);
    expect(images.shape).toEqual([8, 32, 32, 3]);
    await expect(tf.sum(labels, 1)).toBeAllClose(new Array(8).fill(1));
  });

  test('mixes the soft labels of a set that has them', async () => {
    const soft = { ...set, softLabels: new Float32Array(600).fill(0.1) };
    const mixer = new Mixer({ method: 'bc', seed: 5, numClasses: 10 });
    const preprocessing = Preprocessing.fit(soft, 'bc');
    const draw = mixer.drawFrom(soft.labels, 8, { size: [32, 32] });
    const options = { preprocessing, augment: false, chance: createRandom(3) } as const;
    const { labels } = mixBatch(soft, mixer, draw, options);
    await expect(labels).toBeAllClose(new Array(80).fill(0.1));
  });

  test('leaves two tensors', () => {
    batch('bc+', {});
    const before = tf.memory().numTensors;
    batch('bc+', {});
    batch('bc+', { debug: true });
    expect(tf.memory().numTensors).toBe(before + 4);
  });
});
