import * as tf from '@tensorflow/tfjs-core';
import { betweenClass } from '../betweenClass.js';
import { type Constants, golden, type Pipeline, type RawImage } from '../fixtures/golden.js';
import { Mixer } from '../Mixer.js';
import type { ByteImages, BytePlan } from './BytePlan.js';
import { type MixBytesOptions, mixBytes } from './mixBytes.js';
import { mixBytesToTensors } from './tensors.js';

// Every way from raw images to a mixed batch gives the authors' numbers: one suite for all of them.

type Case = Omit<Pipeline<unknown>, 'result'>;
interface Mixed {
  images: tf.Tensor | Float32Array;
  labels: tf.Tensor | Float32Array;
}
type Path = (data: ByteImages, plan: BytePlan, options: Options) => Mixed;
type Options = MixBytesOptions & { method: 'bc' | 'bc+'; numClasses: number };

const paths: Record<string, Path> = {
  'bytes in WebAssembly': (data, plan, options) =>
    mixBytes(data, plan, { ...options, engine: 'wasm' }),
  'bytes in TypeScript': (data, plan, options) =>
    mixBytes(data, plan, { ...options, engine: 'script' }),
  'bytes to tensors': mixBytesToTensors,
  'tensor ops': (data, plan, options) => {
    const [x1, x2] = [plan.first, plan.second].map((views) =>
      tf.tensor(
        Array.from(plan.ratio).flatMap((_, i) =>
          prepare(data, options, {
            raw: imageOf(data, views.index[i] as number),
            flip: Boolean(views.flip[i]),
            top: (views.top[i] as number) - plan.padding,
            left: (views.left[i] as number) - plan.padding,
          }),
        ),
        [plan.ratio.length, ...data.shape],
      ),
    ) as [tf.Tensor, tf.Tensor];
    // One batch of both, so that the second images are read where they lie.
    const count = plan.ratio.length;
    const ids = [plan.first, plan.second].flatMap(({ index }) =>
      Array.from(index, (i) => data.labels[i] as number),
    );
    const mixer = new Mixer({ method: released(options), numClasses: options.numClasses });
    const { images, labels } = mixer.apply(tf.concat([x1, x2]), ids, {
      partner: Int32Array.from(ids, (_, i) => (i + count) % (2 * count)),
      ratio: Float32Array.from(ids, (_, i) => plan.ratio[i % count] as number),
    });
    expect(betweenClass(x1, x2, plan.ratio, released(options)).shape).toEqual(x1.shape);
    const half = (x: tf.Tensor) => tf.slice(x, 0, count);
    return { images: half(images), labels: half(labels) };
  },
};

/** Relative to max(1, |expected|), as the numbers' authors suggest for float32. */
const close = { rtol: 1e-5, atol: 1e-5 };
const closeSum = { rtol: 1e-4, atol: 1e-4 };
const methods = [
  { method: 'bc', key: 'bc' },
  { method: 'bc+', key: 'bcPlus' },
] as const;

describe.each(Object.entries(paths))('%s', (_, path) => {
  describe.each(methods)('$method', ({ method, key }) => {
    test.each(golden.pipelines)('$id', async (pipeline) => {
      const { data, plan } = batchOf(pipeline);
      const mixed = path(data, plan, optionsOf(pipeline, method));
      await expect(mixed.images).toBeAllClose(pipeline.result[key].mixed, close);
      await expect(mixed.labels).toBeAllClose(labelOf(pipeline), { rtol: 1e-6 });
    });

    test.each(golden.full)('$id', async (pipeline) => {
      const { data, plan } = batchOf(pipeline);
      const { images } = path(data, plan, optionsOf(pipeline, method));
      const values = Array.from(images instanceof tf.Tensor ? await images.data() : images);
      const { count, sum, sumSquares, min, max, every97th } = pipeline.result[key].mixed;
      expect(values.length).toBe(count);
      await expect([
        values.reduce((total, v) => total + v, 0),
        values.reduce((total, v) => total + v * v, 0),
      ]).toBeAllClose([sum, sumSquares], closeSum);
      await expect([Math.min(...values), Math.max(...values)]).toBeAllClose([min, max], close);
      await expect(values.filter((_, i) => i % 97 === 0)).toBeAllClose(every97th, close);
    });
  });
});

/** A case as a set of two images and the plan that mixes them. */
function batchOf({ images, shape, pad, r, class1, class2 }: Case): {
  data: ByteImages;
  plan: BytePlan;
} {
  const [first, second] = images.map(({ flip, top, left }, i) => ({
    index: [i],
    flip: [Number(flip)],
    top: [top],
    left: [left],
  })) as unknown as [BytePlan['first'], BytePlan['second']];
  return {
    data: {
      images: Uint8Array.from(images.flatMap(({ raw }) => raw)),
      labels: [class1, class2],
      shape: shape as [number, number, number],
    },
    plan: { first, second, ratio: [r], padding: pad },
  };
}

function optionsOf({ dataset, nClasses }: Case, method: 'bc' | 'bc+'): Options {
  const constants = golden.constants[dataset]?.[method === 'bc' ? 'bc' : 'bcPlus'] as Constants;
  return { method, ...constants, numClasses: nClasses };
}

function labelOf({ r, class1, class2, nClasses }: Case): number[] {
  return Array.from({ length: nClasses }, (_, k) => (k === class1 ? r : k === class2 ? 1 - r : 0));
}

/** The released code mixes without taking the mean again: normalising has done so. */
function released({ method }: Options) {
  return method === 'bc' ? {} : { keepEnergy: true, balance: true };
}

function imageOf({ images, shape }: ByteImages, index: number): number[] {
  const size = shape[0] * shape[1] * shape[2];
  return [...images.subarray(index * size, (index + 1) * size)];
}

/** Normalise, flip, pad with zeros, crop: written with plain numbers, one output pixel at a time. */
function prepare(
  { shape: [height, width, channels] }: ByteImages,
  { mean, std, method }: Options,
  { raw, flip, top: down, left: right }: RawImage,
): number[] {
  const m = method === 'bc+' ? raw.reduce((sum, v) => sum + v, 0) / raw.length : 0;
  return Array.from(raw, (_, i) => {
    const c = i % channels;
    const x = (Math.floor(i / channels) % width) + right;
    const y = Math.floor(i / channels / width) + down;
    if (x < 0 || x >= width || y < 0 || y >= height) return 0;
    const at = (y * width + (flip ? width - 1 - x : x)) * channels + c;
    return ((raw[at] as number) - m - (mean[c] as number)) / (std[c] as number);
  });
}
