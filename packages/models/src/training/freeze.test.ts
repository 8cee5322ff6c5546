import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { resnet32 } from '../networks/resnet32.js';
import { freeze } from './freeze.js';
import { unfreeze } from './unfreeze.js';

let model: LayersModel;
beforeAll(() => {
  model = resnet32({ classes: 2, inputShape: [8, 8, 3] });
});
afterEach(() => {
  unfreeze(model);
});
afterAll(() => model.dispose());

/** Layers whose weights are not trained. */
const frozen = () =>
  model.layers
    .filter(({ weights, trainableWeights }) => weights.length > 0 && trainableWeights.length === 0)
    .map(({ name }) => name);
const layer20 = ['conv1', 'bn1', 'conv2', 'bn2'].map((name) => `layer2.0.${name}`);

describe('freeze', () => {
  test.each([
    ['the name of a layer', 'layer1.0.conv1', ['layer1.0.conv1']],
    ['a block', 'layer2.0', layer20],
    ['a name that begins others, but is no stage of theirs', 'conv1', ['conv1']],
    ['a pattern', '*.0.conv1', ['layer1', 'layer2', 'layer3'].map((s) => `${s}.0.conv1`)],
    [
      'a pattern in which a dot is a dot',
      'layer2.0.conv*',
      layer20.filter((n) => n.includes('conv')),
    ],
    ['a regular expression', /^(conv|bn)1$/g, ['conv1', 'bn1']],
    ['a function', (name: string) => name === 'fc', ['fc']],
    ['several of these', ['fc', /^bn1$/, 'conv1'], ['conv1', 'bn1', 'fc']],
  ])('takes %s', (_, match, names) => {
    expect([...freeze(model, match)].sort()).toEqual([...names].sort());
    expect(frozen().sort()).toEqual([...names].sort());
  });

  test('is taken back by unfreeze, of some layers or of all', () => {
    freeze(model, '*');
    expect(model.trainableWeights).toEqual([]);
    unfreeze(model, ['layer3', 'fc']);
    // Five blocks of two kernels, two scales and two shifts; kernel and biases.
    expect(model.trainableWeights).toHaveLength(5 * 6 + 2);
    unfreeze(model);
    expect(frozen()).toEqual([]);
  });

  test('refuses what no layer with weights fits', () => {
    for (const call of [freeze, unfreeze]) {
      expect(() => call(model, ['fc', 'layer5'])).toThrow(
        new RangeError(
          `${call.name}: layers must be some of resnet32, got layer5; its stages are conv1, bn1, layer1, layer2, layer3, fc`,
        ),
      );
    }
    expect(frozen()).toEqual([]);
    expect(() => freeze(model, 'layer1.0.relu')).toThrow('got layer1.0.relu');
    expect(() => freeze(model, [])).not.toThrow();
  });

  test('keeps statistics, and stops gradients where nothing before needs them', () => {
    freeze(model, (name) => name !== 'fc');
    const statistics = model.nonTrainableWeights.map((w) => w.read().dataSync());
    const x = tf.randomNormal([4, 8, 8, 3], 0, 1, 'float32', 1);
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { grads } = tf.variableGrads(
      () => tf.mean<tf.Scalar>(tf.square(model.apply(x, { training: true }) as tf.Tensor)),
      variables,
    );
    expect(Object.keys(grads)).toHaveLength(2);
    expect(model.nonTrainableWeights.map((w) => w.read().dataSync())).toEqual(statistics);
    // Frozen normalisations see images one by one: what else is in the batch does not matter.
    const alone = model.apply(tf.slice(x, [1], [1]), { training: true }) as tf.Tensor;
    const among = tf.slice(model.apply(x, { training: true }) as tf.Tensor, [1], [1]);
    expect(alone.dataSync()[0]).toBeCloseTo(among.dataSync()[0] as number, 4);
  });
});
