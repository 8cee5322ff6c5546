import type { Dataset } from '@bcl/datasets';
import { BatchNorm, Dropout } from '@bcl/models';
import { createRandom, uniformInt } from '@bcl/random';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

/** Images `[4, 4, 3]` of noise in which the channel of the class is the brightest. */
export function tinyDataset({
  size = 48,
  seed = 'tiny',
}: {
  size?: number;
  seed?: string;
} = {}): Dataset {
  const random = createRandom(seed);
  const labels = Uint8Array.from({ length: size }, (_, i) => i % 3);
  const images = new Uint8Array(size * 48);
  for (let i = 0; i < images.length; i++) {
    const bright = i % 3 === labels[Math.floor(i / 48)];
    images[i] = uniformInt(random, 120) + (bright ? 100 : 0);
  }
  return { name: 'tiny', images, labels, shape: [4, 4, 3], classNames: ['red', 'green', 'blue'] };
}

/** A data set with other labels. */
export function relabelled(dataset: Dataset, labels: number[]): Dataset {
  return { ...dataset, labels: Uint8Array.from(labels) };
}

/** A small network on those images; the same weights each time. */
export function tinyModel({
  batchNorm = false,
  dropout = 0.5,
  softmax = false,
  units = 8,
}: {
  batchNorm?: boolean;
  dropout?: number;
  softmax?: boolean;
  units?: number;
} = {}): LayersModel {
  const start = (seed: number) => initializers.glorotUniform({ seed });
  const model = sequential({ name: 'tiny' });
  model.add(layers.flatten({ inputShape: [4, 4, 3], name: 'flat' }));
  model.add(layers.dense({ units, name: 'fc1', kernelInitializer: start(1) }));
  if (batchNorm) model.add(new BatchNorm({ name: 'bn' }));
  model.add(layers.reLU({ name: 'relu' }));
  if (dropout > 0) model.add(new Dropout({ rate: dropout, seed: 5, name: 'drop' }));
  model.add(layers.dense({ units: 3, name: 'fc2', kernelInitializer: start(2) }));
  if (softmax) model.add(layers.softmax({ name: 'softmax' }));
  return model;
}
