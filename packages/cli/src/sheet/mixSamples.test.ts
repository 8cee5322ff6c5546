import { type Dataset, embedded } from '@bcl/datasets';
import * as tf from '@tensorflow/tfjs-core';
import { type MixSample, mixSamples } from './mixSamples.js';
import type { Picture } from './Picture.js';

const dataset = embedded({ size: 60 });
const both = { methods: ['bc', 'bc+'], label: 'ratio' } as const;

const picture = (sample: MixSample | undefined, method: string): Picture =>
  sample?.mixes.find((mix) => mix.method === method)?.picture as Picture;

/** The largest distance of a picture's bytes from numbers, which are clamped as the picture is. */
function worst({ data }: Picture, expected: number[]): number {
  expect(data).toHaveLength(expected.length);
  return Math.max(
    ...expected.map((value, i) =>
      Math.abs(Math.min(255, Math.max(0, value)) - (data[i] as number)),
    ),
  );
}

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

const deviation = (values: ArrayLike<number>) => {
  const center = mean(values);
  return Math.sqrt(mean(Array.from(values, (value) => (value - center) ** 2)));
};

describe('mixSamples', () => {
  test('mixes pixel values for BC', async () => {
    for (const sample of await mixSamples(dataset, { count: 4, seed: 1, ...both })) {
      const { first, second, ratio: r } = sample;
      const expected = Array.from(
        first.data,
        (x1, i) => r * x1 + (1 - r) * (second.data[i] as number),
      );
      expect(worst(picture(sample, 'bc'), expected)).toBeLessThanOrEqual(0.51);
    }
  });

  test('mixes waves around mid grey for BC+', async () => {
    for (const sample of await mixSamples(dataset, { count: 4, seed: 1, ...both })) {
      const { first, second, ratio: r } = sample;
      const [s1, s2] = [deviation(first.data), deviation(second.data)];
      const [m1, m2] = [mean(first.data), mean(second.data)];
      const p = 1 / (1 + ((s1 / s2) * (1 - r)) / r);
      const expected = Array.from(
        first.data,
        (x1, i) =>
          127.5 +
          (p * (x1 - m1) + (1 - p) * ((second.data[i] as number) - m2)) /
            Math.sqrt(p ** 2 + (1 - p) ** 2),
      );
      expect(worst(picture(sample, 'bc+'), expected)).toBeLessThanOrEqual(0.51);
    }
  });

  test('shows images of the data set, each pair of two classes, with their shares', async () => {
    const samples = await mixSamples(dataset, { count: 20, seed: 3, ...both });
    expect(samples).toHaveLength(20);
    for (const { first, firstClass, secondClass, ratio, label } of samples) {
      const at = Array.from(dataset.labels).findIndex((_, i) =>
        first.data.every((byte, k) => dataset.images[i * 3072 + k] === byte),
      );
      expect(dataset.classNames[dataset.labels[at] as number]).toBe(firstClass);
      expect(secondClass).not.toBe(firstClass);
      expect(label.map(({ className }) => className)).toEqual([firstClass, secondClass]);
      expect(label[0]?.share).toBeCloseTo(ratio, 5);
      expect(label[1]?.share).toBeCloseTo(1 - ratio, 5);
    }
  });

  test('gives the larger image the whole label under the rule single', async () => {
    const samples = await mixSamples(dataset, { count: 20, seed: 3, ...both, label: 'single' });
    for (const { ratio, label } of samples) {
      expect(label.map(({ share }) => share)).toEqual(ratio > 0.5 ? [1, 0] : [0, 1]);
    }
  });

  test('draws the same pairs for the same seed, and others for another', async () => {
    const draw = (seed: number) => mixSamples(dataset, { count: 3, seed, ...both });
    expect(await draw(5)).toEqual(await draw(5));
    expect(await draw(5)).not.toEqual(await draw(6));
  });

  test('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await mixSamples(dataset, { count: 3, seed: 0, ...both });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses more pairs than there are images', async () => {
    await expect(mixSamples(dataset, { count: 61, seed: 0, ...both })).rejects.toThrow(
      'mixSamples: 61 pairs need as many images, got 60; ask for fewer with --count, or read more with --limit',
    );
  });

  test('refuses data of one class', async () => {
    const same: Dataset = { ...dataset, labels: new Uint8Array(60) };
    await expect(mixSamples(same, { count: 2, seed: 0, ...both })).rejects.toThrow(
      'a pair needs two classes, got 60 labels, all class 0',
    );
  });
});
