import { MixAt } from '@bcl/mixing/layers';
import { convnet } from '@bcl/models';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { insertLayer } from './insertLayer.js';

const network = () => convnet({ classes: 3, inputShape: [8, 8, 3], dropout: 0, seed: 1 });

describe('insertLayer', () => {
  test('lets a layer act on what comes out of another', async () => {
    const plain = network();
    const x = tf.randomUniform([2, 8, 8, 3], -1, 1, 'float32', 1);
    const before = plain.apply(x, { training: true }) as tf.Tensor;
    const mixAt = new MixAt({ name: 'mixAt' });
    const deeper = insertLayer(network(), 'pool1', mixAt);
    expect(deeper.layers.map(({ name }) => name)).toEqual(
      plain.layers.flatMap(({ name }) => (name === 'pool1' ? [name, 'mixAt'] : [name])),
    );
    mixAt.use(null);
    await expect(deeper.apply(x, { training: true })).toBeAllClose(before);
    // Each example is swapped for the other, so that the logits are.
    mixAt.use({ partner: Int32Array.of(1, 0), ratio: Float32Array.of(0, 0) });
    const swapped = deeper.apply(x, { training: true }) as tf.Tensor;
    await expect(tf.reverse(swapped, 0)).toBeAllClose(before, { rtol: 1e-4, atol: 1e-4 });
  });

  test('keeps the weights', () => {
    const plain = network();
    const deeper = insertLayer(plain, 'fc4.dropout', new MixAt());
    expect(deeper.weights.map(({ id }) => id)).toEqual(plain.weights.map(({ id }) => id));
  });

  test('refuses a layer that is not there, and branches', () => {
    expect(() => insertLayer(network(), 'pool9', new MixAt())).toThrow(
      'insertLayer: convnet must have a layer pool9, got images, conv11.conv',
    );
    const x = input({ shape: [4] });
    const twice = layers.add({ name: 'sum' }).apply([x, x]) as SymbolicTensor;
    const branched = modelOf({ inputs: x, outputs: twice, name: 'branched' });
    expect(() => insertLayer(branched, 'sum', new MixAt())).toThrow(
      'insertLayer: the layers of branched must be one chain, got a branch at sum',
    );
  });
});
