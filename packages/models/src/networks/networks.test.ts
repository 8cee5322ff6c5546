import * as tf from '@tensorflow/tfjs-core';
import {
  type LayersModel,
  loadLayersModel,
  model as modelOf,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { createModel, modelNames } from '../createModel.js';
import type { ModelOptions } from '../modelOptions.js';
import { parameterCount } from '../testing/golden.js';
import { densenetBC } from './densenetBC.js';
import { envnet } from './envnet.js';
import { envnetV2 } from './envnetV2.js';
import { m3 } from './m3.js';
import { m5 } from './m5.js';
import { m11 } from './m11.js';
import { m18 } from './m18.js';
import { m34Res } from './m34Res.js';
import { resnet18 } from './resnet18.js';
import { resnet29 } from './resnet29.js';
import { resnet32 } from './resnet32.js';
import { resnext29 } from './resnext29.js';
import { resnext101 } from './resnext101.js';
import { shakeShake } from './shakeShake.js';
import { shakeShake29 } from './shakeShake29.js';
import { shakeShakeShort } from './shakeShakeShort.js';

type Network = (options: never) => LayersModel;

/** Runs `use` on a network and disposes of it. */
async function using<T>(
  model: LayersModel,
  use: (model: LayersModel) => T | Promise<T>,
): Promise<T> {
  try {
    return await use(model);
  } finally {
    model.dispose();
  }
}

// Published counts, or those of the layer lists where none is published.
const counts: [network: Network, options: object, parameters: number][] = [
  [resnet18, { classes: 10 }, 11_181_642],
  [resnet18, { classes: 1000 }, 11_689_512],
  [resnet18, { classes: 10, stem: 'cifar' }, 11_173_962],
  [resnet29, { classes: 10 }, 4_914_250],
  [resnet29, { classes: 100 }, 5_006_500],
  [resnet32, { classes: 10 }, 464_154],
  [resnet32, { classes: 100 }, 470_004],
  [resnext29, { classes: 10 }, 34_426_698],
  [resnext29, { classes: 10, cardinality: 16 }, 68_155_210],
  [resnext29, { classes: 100, cardinality: 16 }, 68_247_460],
  [resnext101, { classes: 1000 }, 83_455_272],
  [densenetBC, { classes: 10, depth: 40 }, 176_122],
  [densenetBC, { classes: 10 }, 769_162],
  [densenetBC, { classes: 10, depth: 190, growth: 40 }, 25_624_430],
  [densenetBC, { classes: 100, depth: 190, growth: 40 }, 25_821_620],
  [shakeShake, { classes: 10 }, 2_923_162],
  [shakeShake, { classes: 10, width: 64 }, 11_653_978],
  [shakeShake, { classes: 10, width: 96 }, 26_192_922],
  [shakeShake, { classes: 10, width: 112 }, 35_640_442],
  [shakeShake29, { classes: 100 }, 34_529_700],
  [shakeShakeShort, { classes: 10 }, 596_490],
  [shakeShakeShort, { classes: 10, depth: 20 }, 2_150_154],
  [envnet, { classes: 50 }, 48_560_638],
  [envnetV2, { classes: 50 }, 101_251_186],
  [m3, { classes: 10 }, 221_194],
  [m5, { classes: 10 }, 559_114],
  [m11, { classes: 10 }, 1_786_442],
  [m18, { classes: 10 }, 3_683_786],
  [m34Res, { classes: 10 }, 3_984_154],
];

test.each(counts.map(([network, ...rest]) => [network.name, ...rest, network] as const))(
  '%s with %j has %d parameters',
  async (_, options, parameters, network) => {
    await using(network(options as never), (model) => {
      expect(parameterCount(model)).toBe(parameters);
    });
  },
);

/** Each network in small: few channels, few layers, the smallest images or sounds that it takes. */
const small: Record<string, { inputShape: number[] } & Partial<ModelOptions>> = Object.fromEntries(
  Object.entries({
    convnet: { inputShape: [8, 8, 3] },
    resnet18: { inputShape: [8, 8, 3], stem: 'cifar' },
    resnet29: { inputShape: [4, 4, 3] },
    resnet32: { inputShape: [4, 4, 3] },
    resnext29: { inputShape: [4, 4, 3], cardinality: 4, baseWidth: 2 },
    resnext101: { inputShape: [32, 32, 3], cardinality: 4, baseWidth: 1 },
    densenetBC: { inputShape: [4, 4, 3], depth: 10, growth: 4 },
    shakeShake: { inputShape: [4, 4, 3], depth: 8, width: 4 },
    shakeShake29: { inputShape: [4, 4, 3], cardinality: 2, baseWidth: 2 },
    shakeShakeShort: { inputShape: [4, 4, 3], width: 4 },
    envnet: { inputShape: [5294] },
    envnetV2: { inputShape: [23_642] },
    m3: { inputShape: [64] },
    m5: { inputShape: [1024] },
    m11: { inputShape: [1024] },
    m18: { inputShape: [1024] },
    m34Res: { inputShape: [1024] },
  }).map(([name, options]) => [name, { seed: 1, ...options }]),
);

function smallModel(name: string, options: Partial<ModelOptions> = {}): LayersModel {
  return createModel(name, { classes: 3, ...small[name], ...options } as never);
}

function examples(name: string, count = 3): tf.Tensor {
  return tf.randomUniform([count, ...(small[name]?.inputShape ?? [])], -1, 1, 'float32', 5);
}

function train(model: LayersModel, x: tf.Tensor): Float32Array {
  return tf.tidy(() => (model.apply(x, { training: true }) as tf.Tensor).dataSync<'float32'>());
}

/** Goes to a step of the run, as a trainer does. */
function seek(model: LayersModel, step: number): void {
  for (const layer of model.layers) (layer as { seek?: (step: number) => void }).seek?.(step);
}

describe.each(modelNames)('%s', (name) => {
  test('is the same after saving and loading, and starts from its seed', async () => {
    await using(smallModel(name), async (model) => {
      const x = examples(name);
      train(model, x);
      let saved: tf.io.ModelArtifacts = {};
      await model.save(
        tf.io.withSaveHandler(async (artifacts) => {
          saved = artifacts;
          return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
        }),
      );
      // What goes to disk is JSON and bytes.
      const topology = JSON.parse(JSON.stringify(saved.modelTopology));
      const copy = await loadLayersModel(tf.io.fromMemory({ ...saved, modelTopology: topology }));
      await using(copy, () => {
        const [ours, theirs] = [model, copy].map((each) =>
          (each.predict(x) as tf.Tensor).dataSync(),
        );
        expect(theirs).toEqual(ours);
        for (const each of [model, copy]) seek(each, 7);
        expect(train(copy, x)).toEqual(train(model, x));
      });
    });
  }, 120_000);

  test('starts from its seed', async () => {
    const started = (seed: number) =>
      using(smallModel(name, { seed }), (model) => train(model, examples(name)));
    const first = await started(1);
    expect(await started(1)).toEqual(first);
    expect(await started(2)).not.toEqual(first);
  });

  test('says no to what it cannot be built from, and leaves no tensor', () => {
    const before = tf.memory().numTensors;
    const sound = small[name]?.inputShape.length === 1;
    const refused: [object, RegExp][] = [
      [{ classes: 1 }, /: classes must be an integer of at least 2, got 1$/],
      [{ classes: 2.5 }, /: classes must be an integer of at least 2, got 2.5$/],
      [{ seed: Number.NaN }, /: seed must be an integer, got NaN$/],
      [{ headBias: 'ones' }, /: headBias must be one of zeros, prior, got "ones"$/],
      sound
        ? [
            { inputShape: [32, 32, 3] },
            /: inputShape must be \[samples\], one integer above 0, got \[32,32,3\]$/,
          ]
        : [
            { inputShape: [1024] },
            /: inputShape must be \[height, width, channels\], three integers above 0, got \[1024\]$/,
          ],
      [
        { inputShape: small[name]?.inputShape.map((size) => (size === 3 ? 3 : size - 1)) },
        sound
          ? /: sounds must be at least \d+ samples, because strides and poolings shrink them, got \d+; pad them$/
          : /: images must be at least (\d+) x \1 pixels, because strides and poolings shrink them \1 times, got \d+ x \d+; enlarge them or pad them$/,
      ],
    ];
    for (const [options, message] of refused) {
      const build = () => smallModel(name, options);
      expect(build).toThrow(RangeError);
      expect(build).toThrow(message);
      expect(build).toThrow(new RegExp(`^${name}: `));
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses examples of another shape and goes on working', async () => {
    await using(smallModel(name), (model) => {
      const x = examples(name);
      const logits = (model.predict(x) as tf.Tensor).dataSync();
      const { inputShape = [] } = small[name] ?? {};
      const other = tf.ones([1, ...inputShape.slice(0, -1), (inputShape.at(-1) as number) + 1]);
      const before = tf.memory().numTensors;
      expect(() => model.predict(other)).toThrow(/expected .* to have shape/);
      const message = inputShape.length === 1 ? undefined : /is incompatible with layer .*conv/;
      expect(() => model.apply(other, { training: true })).toThrow(message);
      expect(tf.memory().numTensors).toBe(before);
      expect((model.predict(x) as tf.Tensor).dataSync()).toEqual(logits);
    });
  });

  test('starts its last biases where headBias says', async () => {
    for (const [headBias, start] of [
      ['zeros', 0],
      ['prior', -Math.log(2)],
    ] as const) {
      await using(smallModel(name, { headBias }), (model) => {
        const [, bias] = (model.layers.at(-1) as LayersModel['layers'][0]).getWeights();
        expect(bias?.dataSync()).toEqual(Float32Array.of(start, start, start));
      });
    }
  });
});

// A hundred steps of all of them take minutes: most get a few, and a hundred when asked for.
const hundred = ['densenetBC', 'shakeShakeShort', 'm3'];
test.each(modelNames)(
  '%s leaks nothing over its steps',
  async (name) => {
    await using(smallModel(name), (model) => {
      const steps = hundred.includes(name) || process.env.BCL_LARGE === '1' ? 100 : 3;
      const x = examples(name, 2);
      const y = tf.tensor2d([1, 0, 0, 0, 0.5, 0.5], [2, 3]);
      const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const step = () => {
        const { value, grads } = tf.variableGrads(() => {
          const logits = model.apply(x, { training: true }) as tf.Tensor2D;
          return tf.neg(tf.mean<tf.Scalar>(tf.sum(tf.mul(y, tf.logSoftmax(logits)), 1)));
        }, weights);
        expect(Object.keys(grads)).toHaveLength(weights.length);
        tf.dispose([value, grads]);
      };
      step();
      const before = tf.memory();
      for (let i = 0; i < steps; i++) step();
      const after = tf.memory();
      expect(after.numTensors).toBe(before.numTensors);
      expect(after.numDataBuffers).toBe(before.numDataBuffers);
    });
  },
  600_000,
);

test.each<[Network, object, string]>([
  [
    densenetBC,
    { depth: 41 },
    'densenetBC: depth must be 6 n + 4 with n from 1, such as 40, 100, 190, 250, got 41',
  ],
  [
    densenetBC,
    { depth: 4 },
    'densenetBC: depth must be 6 n + 4 with n from 1, such as 40, 100, 190, 250, got 4',
  ],
  [densenetBC, { growth: 0 }, 'densenetBC: growth must be an integer of at least 1, got 0'],
  [
    shakeShake,
    { depth: 29 },
    'shakeShake: depth must be 6 n + 2 with n from 1, such as 8, 14, 20, 26, got 29',
  ],
  [
    shakeShakeShort,
    { depth: 2 },
    'shakeShakeShort: depth must be 6 n + 2 with n from 1, such as 8, 14, 20, 26, got 2',
  ],
  [
    shakeShake,
    { width: 33 },
    'shakeShake: width must be even, because each path of a shortcut gives half of it, got 33',
  ],
  [shakeShake, { forward: 'odd' }, 'shakeShake: forward must be one of shake, even, got "odd"'],
  [
    shakeShake,
    { backward: 'odd' },
    'shakeShake: backward must be one of shake, even, keep, got "odd"',
  ],
  [
    shakeShake29,
    { level: 'pixel' },
    'shakeShake29: level must be one of image, batch, got "pixel"',
  ],
  [
    shakeShake29,
    { baseWidth: 0 },
    'shakeShake29: baseWidth must be an integer of at least 1, got 0',
  ],
  [
    resnext29,
    { cardinality: 1.5 },
    'resnext29: cardinality must be an integer of at least 1, got 1.5',
  ],
  [resnext101, { baseWidth: -4 }, 'resnext101: baseWidth must be an integer of at least 1, got -4'],
  [resnet18, { stem: 'mnist' }, 'resnet18: stem must be one of imagenet, cifar, got "mnist"'],
  [envnet, { dropout: 1 }, 'envnet: dropout must be from 0 up to but not including 1, got 1'],
])('%p refuses %j', (network, options, message) => {
  expect(() => network({ classes: 10, ...options } as never)).toThrow(new RangeError(message));
});

describe('shortcuts without weights', () => {
  /** Makes the branches of all blocks give nothing, so that what enters a block leaves it by the shortcut. */
  function silence(model: LayersModel, lastNorm: string): void {
    for (const layer of model.layers) {
      if (!layer.name.startsWith('layer') || !layer.name.endsWith(lastNorm)) continue;
      const [gamma, ...others] = layer.getWeights() as [tf.Tensor, ...tf.Tensor[]];
      layer.setWeights([tf.zerosLike(gamma), ...others]);
    }
  }
  const outputs = (model: LayersModel, x: tf.Tensor, names: string[]): tf.Tensor[] =>
    modelOf({
      inputs: model.inputs,
      outputs: names.map((name) => model.getLayer(name).output as SymbolicTensor),
    }).predict(x) as tf.Tensor[];

  test('resnet32 averages the pixels and keeps the channels in the middle', async () => {
    await using(resnet32({ classes: 3, inputShape: [8, 8, 3] }), async (model) => {
      silence(model, '.bn2');
      const x = tf.randomUniform([2, 8, 8, 3], -1, 1, 'float32', 5);
      const [stem, last] = outputs(model, x, ['bn1', 'layer3.4.relu']) as [
        tf.Tensor4D,
        tf.Tensor4D,
      ];
      const halved = tf.avgPool(tf.avgPool(stem, 2, 2, 'same'), 2, 2, 'same');
      const expected = tf.pad(halved, [
        [0, 0],
        [0, 0],
        [0, 0],
        [24, 24],
      ]);
      expect(last.shape).toEqual([2, 2, 2, 64]);
      await expect(last).toBeAllClose(await expected.data());
    });
  });

  test('m34Res repeats each channel, and normalises the sum', async () => {
    await using(m34Res({ classes: 3, inputShape: [2048] }), async (model) => {
      silence(model, '.bn2');
      const x = tf.randomUniform([2, 2048], -1, 1, 'float32', 5);
      const [stem, last] = outputs(model, x, ['bn1', 'layer4.2.bn3']) as [tf.Tensor3D, tf.Tensor3D];
      let pooled = tf.expandDims<tf.Tensor4D>(stem, 1);
      for (let i = 0; i < 4; i++) pooled = tf.maxPool(pooled, [1, 4], [1, 4], 'valid');
      const repeated = tf.reshape(tf.tile(tf.expandDims(pooled, 4), [1, 1, 1, 1, 8]), [2, 2, 384]);
      // Sixteen blocks, each of which divides by the root of a variance of 1 and an epsilon of 0.001.
      const expected = tf.mul(repeated, 1.001 ** -8);
      expect(last.shape).toEqual([2, 2, 384]);
      await expect(last).toBeAllClose(await expected.data(), { rtol: 1e-4 });
    });
  });
});
