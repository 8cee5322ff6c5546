import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { Conv2D } from '../layers/conv2d.js';
import { convnet } from '../networks/convnet.js';
import { resnet32 } from '../networks/resnet32.js';
import { shakeShakeShort } from '../networks/shakeShakeShort.js';
import { freeze } from '../training/freeze.js';
import { summarize } from './summarize.js';
import { summarizeNetwork } from './summarizeNetwork.js';

test('summarize counts what is counted by hand', () => {
  const x = input({ shape: [9, 8, 6], name: 'images' });
  const grouped = { filters: 4, kernelSize: [3, 2], strides: 2, groups: 2, useBias: true } as const;
  let y = new Conv2D({ name: 'conv', ...grouped }).apply(x);
  y = layers.batchNormalization({ name: 'bn' }).apply(y);
  y = layers.depthwiseConv2d({ name: 'depthwise', kernelSize: 2, depthMultiplier: 3 }).apply(y);
  y = layers.flatten({ name: 'flatten' }).apply(y);
  const outputs = layers.dense({ name: 'fc', units: 5 }).apply(y) as SymbolicTensor;
  const model = modelOf({ inputs: x, outputs, name: 'hand' });
  const summary = summarize(model, { batchSize: 2 });
  model.dispose();
  const row = (
    [name, type, detail, from]: [string, string, string, string?],
    [outputShape, parameters, multiplyAdds]: [number[], number, number],
  ) => ({ name, type, detail, inputs: from ? [from] : [], outputShape, parameters, multiplyAdds });
  expect(summary).toEqual({
    name: 'hand',
    inputShape: [9, 8, 6],
    classes: 5,
    parameters: 76 + 8 + 60 + 545,
    trainable: 76 + 8 + 60 + 545,
    statistics: 8,
    multiplyAdds: 1152 + 432 + 540,
    batchSize: 2,
    activationBytes: {
      training: 4 * 2 * (432 + 64 + 64 + 108 + 5),
      // The images, which stay, and two results.
      evaluation: 4 * 2 * (432 + 64 + 108),
    },
    layers: [
      row(['images', 'InputLayer', ''], [[9, 8, 6], 0, 0]),
      // 4 × 4 places, 3 × 2 pixels of 3 channels, 4 filters; 3 × 2 × 3 × 4 weights and 4 biases.
      row(['conv', 'Conv2D', '3×2, stride 2, 2 groups', 'images'], [[4, 4, 4], 76, 16 * 18 * 4]),
      row(['bn', 'BatchNormalization', '', 'conv'], [[4, 4, 4], 8, 0]),
      // 3 × 3 places, 2 × 2 pixels of one channel each, 12 results.
      row(['depthwise', 'DepthwiseConv2D', '2×2', 'bn'], [[3, 3, 12], 60, 9 * 4 * 12]),
      row(['flatten', 'Flatten', '', 'depthwise'], [[108], 0, 0]),
      row(['fc', 'Dense', '', 'flatten'], [[5], 545, 108 * 5]),
    ],
  });
});

// By hand, places × kernel height × width × channels × filters, layer after layer. ResNet-18 has the number that is published for
// torchvision's at 224 × 224, ResNet-32 the 69 M of its paper.
test.each([
  ['resnet18', 1000, 11689512, 1814073344],
  [
    'convnet',
    10,
    7582154,
    1024 * (27 * 64 + 576 * 64) +
      256 * (576 * 128 + 1152 * 128) +
      64 * (1152 * 256 + 3 * 2304 * 256) +
      (4096 * 1024 + 1024 * 1024 + 1024 * 10),
  ],
  [
    'resnet32',
    10,
    464154,
    1024 * (27 * 16 + 10 * 144 * 16) +
      256 * (144 * 32 + 9 * 288 * 32) +
      64 * (288 * 64 + 9 * 576 * 64) +
      64 * 10,
  ],
])('summarizeNetwork of %s counts as its paper does', (name, classes, parameters, multiplyAdds) => {
  expect(summarizeNetwork(name, { classes })).toMatchObject({ classes, parameters, multiplyAdds });
});

test('summarizeNetwork tells of a network what summarize does, and leaves nothing behind', async () => {
  const { numTensors } = tf.memory();
  const summary = summarizeNetwork('shakeShakeShort', { classes: 7, batchSize: 3, width: 8 });
  expect(tf.memory().numTensors).toBe(numTensors);
  const model = shakeShakeShort({ classes: 7, width: 8 });
  expect(summarize(model, { batchSize: 3 })).toEqual(summary);
  // Weights are drawn again, also after one that could not be built.
  expect(() => summarizeNetwork('shakeShakeShort', { classes: 7, width: 7 })).toThrow('width');
  const again = shakeShakeShort({ classes: 7, width: 8 });
  expect(await again.getWeights()[0]?.data()).toEqual(await model.getWeights()[0]?.data());
  expect(
    again
      .getWeights()[0]
      ?.dataSync()
      .some((value) => value !== 0),
  ).toBe(true);
  model.dispose();
  again.dispose();
});

test.each([
  ['convnet', 'fc4.dropout', '50 %'],
  ['convnet', 'conv11.bn', 'ReLU'],
  ['convnet', 'pool1', '2×2'],
  ['resnet18', 'maxpool', '3×3, stride 2'],
  ['resnext29', 'layer1.0.conv2', '3×3, 8 groups'],
  ['shakeShakeShort', 'stage1.0.shake', 'shake, shake, image'],
  ['m5', 'conv1', '80, stride 4'],
  ['m5', 'pool1', '4'],
  ['m5', 'fc', ''],
])('summarizeNetwork says of %s that %s is %s', (network, layer, detail) => {
  const { layers } = summarizeNetwork(network, { classes: 2 });
  expect(layers.find(({ name }) => name === layer)?.detail).toBe(detail);
});

test('summarize counts frozen layers among the parameters, not among those that are trained', () => {
  const model = resnet32({ classes: 10, inputShape: [8, 8, 3] });
  const before = summarize(model);
  expect(before.trainable).toBe(before.parameters);
  freeze(model, (name) => name !== 'fc');
  expect(summarize(model)).toEqual({ ...before, trainable: 650 });
  model.dispose();
});

/** Counts the bytes that the backend holds, which `tf.memory` does not tell: there each handle on one memory counts. */
function watchMemory() {
  const store = (tf.backend() as unknown as { dataIdMap: DataStore }).dataIdMap;
  const held = new Map<object, number>();
  const { set, delete: remove } = store;
  let bytes = 0;
  let peak = 0;
  store.set = (id, value) => {
    if (!held.has(id)) bytes += tf.util.sizeFromShape(value.shape) * 4;
    held.set(id, tf.util.sizeFromShape(value.shape) * 4);
    peak = Math.max(peak, bytes);
    set.call(store, id, value);
  };
  store.delete = (id) => {
    bytes -= held.get(id) ?? 0;
    held.delete(id);
    return remove.call(store, id);
  };
  return {
    bytes: () => bytes,
    peak: () => peak,
    stop: () => Object.assign(store, { set, delete: remove }),
  };
}

let memory: ReturnType<typeof watchMemory> | undefined;
afterEach(() => memory?.stop());

interface DataStore {
  set(id: object, value: { shape: number[] }): void;
  delete(id: object): boolean;
}

describe('the memory that summarize tells', () => {
  test.each([
    ['convnet', () => convnet({ classes: 4, inputShape: [16, 16, 3] })],
    ['resnet32', () => resnet32({ classes: 4, inputShape: [16, 16, 3] })],
    ['shakeShakeShort', () => shakeShakeShort({ classes: 4, inputShape: [16, 16, 3], width: 16 })],
  ])('is what TensorFlow.js takes: %s', (_, build) => {
    const model = build();
    const batchSize = 8;
    const { activationBytes } = summarize(model, { batchSize });
    memory = watchMemory();
    const x = tf.randomNormal([batchSize, 16, 16, 3], 0, 1, 'float32', 1);

    tf.dispose(model.predictOnBatch(x) as tf.Tensor);
    const evaluation = memory.peak();

    let training = 0;
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.apply(x, { training: true }) as tf.Tensor;
      training = memory?.bytes() ?? 0;
      return tf.mean<tf.Scalar>(logits);
    });
    tf.dispose([value, grads]);
    // A few percent are statistics and what an op keeps for itself.
    for (const [actual, told] of [
      [evaluation, activationBytes.evaluation],
      [training, activationBytes.training],
    ] as const) {
      expect(actual / told).toBeGreaterThan(0.95);
      expect(actual / told).toBeLessThan(1.15);
    }
    model.dispose();
  });
});

test.each([0, 1.5, Number.NaN])('summarize refuses a batch of %p', (batchSize) => {
  const model = resnet32({ classes: 2, inputShape: [8, 8, 3] });
  expect(() => summarize(model, { batchSize })).toThrow(
    new RangeError(`summarize: batchSize must be a whole number from 1, got ${batchSize}`),
  );
  model.dispose();
});

test('summarize refuses a model whose sizes come with the batch', () => {
  const x = input({ shape: [null, null, 3], name: 'images' });
  const conv = layers.conv2d({ name: 'conv', filters: 2, kernelSize: 3 });
  const model = modelOf({ inputs: x, outputs: conv.apply(x) as SymbolicTensor });
  expect(() => summarize(model)).toThrow(
    new RangeError(
      'summarize: the sizes of all layers must be known, got [, , , 3] from images; build the model with a fixed input shape',
    ),
  );
  model.dispose();
});
