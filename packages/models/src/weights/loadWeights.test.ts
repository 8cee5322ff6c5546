import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model as modelOf,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { createModel } from '../createModel.js';
import { BatchNorm } from '../layers/batchNorm.js';
import { convnet } from '../networks/convnet.js';
import { legacyPth, Pickler, type PthTensor, zipPth } from '../testing/pthFile.js';
import { undrawn, VarianceScaling } from '../varianceScaling.js';
import { classifierOf } from './classifier.js';
import { encodeSafetensors } from './formats/encodeSafetensors.js';
import { loadWeights } from './loadWeights.js';
import { torchWeights } from './torchWeights.js';

/** A network with a weight of each kind; its classifier is drawn by seed. */
function network(classes = 2): LayersModel {
  const x = input({ shape: [4, 4, 3], name: 'images' });
  const conv = layers.conv2d({ name: 'layer1.0.conv', filters: 2, kernelSize: 1, useBias: false });
  let y = conv.apply(x) as SymbolicTensor;
  y = new BatchNorm({ name: 'layer1.0.bn' }).apply(y) as SymbolicTensor;
  y = layers.globalAveragePooling2d({ name: 'pool' }).apply(y) as SymbolicTensor;
  const kernelInitializer = new VarianceScaling({ scale: 1, distribution: 'uniform', seed: 7 });
  y = layers.dense({ name: 'fc', units: classes, kernelInitializer }).apply(y) as SymbolicTensor;
  return modelOf({ inputs: x, outputs: y, name: 'tiny' });
}

/** Weights for it: numbers of their own in each tensor. */
const tensors: PthTensor[] = [
  { name: 'layer1.0.conv.weight', shape: [2, 3, 1, 1], values: Float32Array.of(1, 2, 3, 4, 5, 6) },
  { name: 'layer1.0.bn.weight', shape: [2], values: Float32Array.of(10, 11) },
  { name: 'layer1.0.bn.bias', shape: [2], values: Float32Array.of(12, 13) },
  { name: 'layer1.0.bn.running_mean', shape: [2], values: Float32Array.of(14, 15) },
  { name: 'layer1.0.bn.running_var', shape: [2], values: Float32Array.of(16, 17) },
  { name: 'layer1.0.bn.num_batches_tracked', shape: [], values: BigInt64Array.of(18n) },
  { name: 'fc.weight', shape: [2, 2], values: Float32Array.of(20, 21, 22, 23) },
  { name: 'fc.bias', shape: [2], values: Float32Array.of(24, 25) },
];
const names = tensors.map(({ name }) => name).filter((name) => !name.endsWith('tracked'));

const replaced = (changed: Partial<PthTensor> & { name: string }) =>
  tensors.map((tensor) => (tensor.name === changed.name ? { ...tensor, ...changed } : tensor));
const safetensors = (list: readonly PthTensor[]) =>
  encodeSafetensors(
    list.map((t) => ({ ...t, dtype: t.values instanceof Float32Array ? 'float32' : 'int64' })),
  );

const read = (model: LayersModel) =>
  Object.fromEntries(
    [...torchWeights(model)].map(([name, { weight }]) => [name, [...weight.read().dataSync()]]),
  );
/** The same in our layout: a kernel of 1 × 1 is `[in, out]`. */
const loaded = {
  'layer1.0.conv.weight': [1, 4, 2, 5, 3, 6],
  'layer1.0.bn.weight': [10, 11],
  'layer1.0.bn.bias': [12, 13],
  'layer1.0.bn.running_mean': [14, 15],
  'layer1.0.bn.running_var': [16, 17],
  'fc.weight': [20, 22, 21, 23],
  'fc.bias': [24, 25],
};

let model: LayersModel;
beforeEach(() => {
  model = network();
});
afterEach(() => model.dispose());

/** What loading says; the model must be as it was, and no tensor may be left. */
async function refusal(
  source: Uint8Array,
  options: Parameters<typeof loadWeights>[2] = {},
): Promise<Error> {
  const before = read(model);
  const { numTensors } = tf.memory();
  const error = await loadWeights(model, source, options).then(
    () => new TypeError('it was loaded'),
    (reason: Error) => reason,
  );
  expect(read(model)).toEqual(before);
  expect(tf.memory().numTensors).toBe(numTensors);
  return error;
}

describe('loadWeights', () => {
  test.each([
    ['zip', () => zipPth(tensors)],
    ['older', async () => legacyPth(tensors)],
    ['safetensors', async () => safetensors(tensors)],
  ])('fills a model from a file of the format: %s', async (_, file) => {
    const { numTensors } = tf.memory();
    const result = await loadWeights(model, await file());
    expect(result).toEqual({ loaded: names, fresh: [], missing: [], unexpected: [] });
    expect(read(model)).toEqual(loaded);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test('does not keep the bytes that it was given', async () => {
    const bytes = safetensors(tensors);
    await loadWeights(model, bytes);
    bytes.fill(0);
    expect(read(model)).toEqual(loaded);
  });

  test('takes off what wrappers put before all names, and a prefix that it is told', async () => {
    const prefixed = (prefix: string) =>
      safetensors(tensors.map((tensor) => ({ ...tensor, name: `${prefix}${tensor.name}` })));
    await loadWeights(model, prefixed('module._orig_mod.'));
    expect(read(model)).toEqual(loaded);
    await loadWeights(model, prefixed('net.'), { prefix: 'net.' });
    expect((await refusal(prefixed('net.'))).message).toContain('net.fc.bias');
  });

  test('asks for the names of a file that has others', async () => {
    const others = tensors.map((tensor) => ({
      ...tensor,
      name: tensor.name.replace('fc', 'head'),
    }));
    const file = safetensors([...others, { name: 'aux', shape: [], values: Float32Array.of(1) }]);
    const rename = (name: string) => (name === 'aux' ? null : name.replace('head', 'fc'));
    await loadWeights(model, file, { rename });
    expect(read(model)).toEqual(loaded);
    const twice = await refusal(file, { rename: () => 'fc.bias' });
    expect(twice.message).toMatch(/needs a name of its own, got fc\.bias twice/);
  });

  test('lists all that does not fit, and changes nothing', async () => {
    const wrong = replaced({
      name: 'layer1.0.conv.weight',
      shape: [3, 2, 1, 1],
    }).filter(({ name }) => !name.startsWith('fc.'));
    wrong.push({ name: 'classifier.weight', shape: [1], values: Float32Array.of(1) });
    const { message, cause } = await refusal(safetensors(wrong));
    expect(message).toBe(
      "loadWeights: the bytes given does not fit tiny: 2 missing: fc.weight, fc.bias; 1 unexpected: classifier.weight; 1 misshapen: layer1.0.conv.weight (the model's is [2, 3, 1, 1], the file's [3, 2, 1, 1]). Pass { headless: true } to leave out the classifier, { prefix } or { rename } where names differ, { strict: false } to load what there is",
    );
    expect(cause).toMatchObject({
      missing: ['fc.weight', 'fc.bias'],
      unexpected: ['classifier.weight'],
      mistyped: [],
    });
  });

  test('loads what there is when it need not be strict, but never of another shape', async () => {
    const some = tensors.filter(({ name }) => name !== 'fc.bias');
    some.push({ name: 'extra', shape: [1], values: Float32Array.of(1) });
    const result = await loadWeights(model, safetensors(some), { strict: false });
    expect(result).toEqual({
      loaded: names.filter((name) => name !== 'fc.bias'),
      fresh: [],
      missing: ['fc.bias'],
      unexpected: ['extra'],
    });
    expect(read(model)).toEqual({ ...loaded, 'fc.bias': [0, 0] });
    const wide = replaced({ name: 'fc.bias', shape: [1, 2] });
    expect((await refusal(safetensors(wide), { strict: false })).message).toMatch(
      /1 misshapen: fc\.bias/,
    );
  });

  test('refuses a file of another network', async () => {
    const other = convnet({ classes: 2, inputShape: [8, 8, 3] });
    const before = await other.getWeights()[0]?.data();
    await expect(loadWeights(other, safetensors(tensors), { strict: false })).rejects.toThrow(
      'does not fit convnet: none of its names is a weight of the model. It seems to be of another network',
    );
    await expect(loadWeights(other, safetensors(tensors))).rejects.toThrow(
      /46 missing: conv11\.conv\.weight, .* … \(46 in all\); 7 unexpected/,
    );
    expect(await other.getWeights()[0]?.data()).toEqual(before);
    other.dispose();
  });

  test('refuses NaN and infinity, unless told', async () => {
    const bad = replaced({ name: 'fc.weight', values: Float32Array.of(1, Number.NaN, 2, 3) });
    bad[1] = { ...(bad[1] as PthTensor), values: Float32Array.of(Number.NEGATIVE_INFINITY, 1) };
    const { message } = await refusal(safetensors(bad));
    expect(message).toBe(
      'loadWeights: weights must be finite, got NaN or infinity in layer1.0.bn.weight, fc.weight of the bytes given; to load it all the same, pass { nonFinite: true }',
    );
    await loadWeights(model, safetensors(bad), { nonFinite: true });
    expect(read(model)['fc.weight']).toEqual([1, 2, Number.NaN, 3]);
  });

  test('refuses whole numbers for weights, as a quantised network has them', async () => {
    const whole = replaced({ name: 'fc.bias', values: BigInt64Array.of(1n, 2n) });
    expect((await refusal(safetensors(whole))).message).toMatch(
      /: 1 of another type: fc\.bias int64\./,
    );
  });

  test('names a file that cannot be read', async () => {
    expect((await refusal(safetensors(tensors).slice(0, -1))).message).toMatch(
      /^readWeights: the bytes given has 87 bytes of numbers where its header tells of 88/,
    );
  });

  test('reads no more of a file than was asked for, where it is told', async () => {
    const pickle = new Pickler().op('}').text('ema').stateDict(tensors).op('s').done();
    await loadWeights(model, await zipPth(tensors, { pickle }), { under: 'ema' });
    expect(read(model)).toEqual(loaded);
  });
});

describe('loadWeights without the classifier', () => {
  const thousand = [
    ...tensors.slice(0, -2),
    { name: 'fc.weight', shape: [4, 2], values: new Float32Array(8) },
    { name: 'fc.bias', shape: [4], values: new Float32Array(4) },
  ];

  test('loads the rest, and draws the classifier as it was drawn first', async () => {
    const first = read(model);
    model.getLayer('fc').setWeights([tf.ones([2, 2]), tf.ones([2])]);
    const { numTensors } = tf.memory();
    const result = await loadWeights(model, safetensors(thousand), { headless: true });
    const fresh = ['fc.weight', 'fc.bias'];
    const rest = names.filter((name) => !fresh.includes(name));
    expect(result).toEqual({ loaded: rest, fresh, missing: [], unexpected: [] });
    expect(read(model)).toEqual({
      ...loaded,
      'fc.weight': first['fc.weight'],
      'fc.bias': first['fc.bias'],
    });
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test('does so for a file that has no classifier at all, or one that would fit', async () => {
    for (const file of [tensors.slice(0, -2), tensors]) {
      await loadWeights(model, safetensors(file), { headless: true });
      expect(read(model)['fc.bias']).toEqual([0, 0]);
    }
  });

  test('is advised when the classifier alone does not fit', async () => {
    expect((await refusal(safetensors(thousand))).message).toMatch(
      /If only the classes are others, pass \{ headless: true \}/,
    );
  });

  test.each([
    ['convnet', 'fc6'],
    ['densenetBC', 'classifier'],
    ['resnet32', 'fc'],
    ['envnet', 'fc7'],
    ['m5', 'fc'],
  ])('knows that of %s is %s', (name, layer) => {
    const network = undrawn(() => createModel(name, { classes: 2 }));
    const { weights } = classifierOf(network);
    expect(weights.map(({ name }) => name)).toEqual([`${layer}.weight`, `${layer}.bias`]);
    network.dispose();
  });

  test('is refused where no one layer makes the logits', async () => {
    const x = input({ shape: [2], name: 'x' });
    const ways = ['a', 'b'].map((name) => layers.dense({ name, units: 2 }).apply(x));
    const outputs = layers.add({ name: 'sum' }).apply(ways as SymbolicTensor[]) as SymbolicTensor;
    model.dispose();
    model = modelOf({ inputs: x, outputs, name: 'twoWays' });
    expect((await refusal(safetensors(tensors), { headless: true })).message).toBe(
      'loadWeights: headless needs a model that ends in one layer with weights, got twoWays; load with { strict: false } instead',
    );
  });
});
