import { variableGradients } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
import { input, layers, model, type SymbolicTensor, sequential } from '@tensorflow/tfjs-layers';
import { applyInTraining } from './applyInTraining.js';
import { namedWeights } from './namedWeights.js';

/** Says what memory holds when it is called. */
class Witness extends layers.Layer {
  static className = 'TestWitness';
  static readonly seen: number[] = [];

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    Witness.seen.push(tf.memory().numBytes);
    const [x] = [inputs].flat() as [tf.Tensor];
    return tf.tidy(() => tf.add(x, 1));
  }
}

/** Gives a tensor of its own, whatever it takes. */
class Keeper extends layers.Layer {
  static className = 'TestKeeper';
  readonly kept = tf.variable(tf.fill([1, 4], 2));

  override call(): tf.Tensor {
    return this.kept;
  }
}

/** Masks rows of zeros. */
class MaskMaker extends layers.Layer {
  static className = 'TestMaskMaker';
  override readonly supportsMasking = true;

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor];
    return tf.mul(x, 2);
  }

  override computeMask(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor];
    return tf.any(tf.notEqual(x, 0), -1);
  }
}

/** Gives the mask of its input. */
class MaskReader extends layers.Layer {
  static className = 'TestMaskReader';

  override call(_: tf.Tensor | tf.Tensor[], { mask }: { mask: tf.Tensor }): tf.Tensor {
    return tf.cast(mask, 'float32');
  }
}

const dense = (x: SymbolicTensor, units: number, seed: number): SymbolicTensor =>
  layers
    .dense({ units, kernelInitializer: glorot(seed), activation: 'tanh' })
    .apply(x) as SymbolicTensor;

/** The settings of a layer's initializer, which the types of layers allow no seed. */
function glorot(seed: number) {
  return { className: 'GlorotUniform', config: { seed } } as unknown as 'glorotUniform';
}

/** Networks of `[B, 4]`, by what is worth a look in them. */
const networks = {
  'a chain': () => {
    const x = input({ shape: [4] });
    return model({ inputs: x, outputs: dense(dense(x, 5, 1), 3, 2) });
  },
  'an output that three layers take': () => {
    const x = input({ shape: [4] });
    const trunk = dense(x, 4, 1);
    const parts = [dense(trunk, 4, 2), dense(trunk, 4, 3), dense(dense(trunk, 4, 4), 4, 5), trunk];
    const sum = layers.add().apply(parts) as SymbolicTensor;
    return model({ inputs: x, outputs: layers.reLU().apply(sum) as SymbolicTensor });
  },
  'an output taken twice by one layer': () => {
    const x = input({ shape: [4] });
    const trunk = dense(x, 4, 1);
    const square = layers.multiply().apply([trunk, trunk]) as SymbolicTensor;
    const both = layers.concatenate().apply([square, x]) as SymbolicTensor;
    return model({ inputs: x, outputs: both });
  },
  'a layer applied twice': () => {
    const x = input({ shape: [4] });
    const shared = layers.dense({ units: 4, kernelInitializer: glorot(1) });
    const once = shared.apply(x) as SymbolicTensor;
    return model({ inputs: x, outputs: shared.apply(once) as SymbolicTensor });
  },
  'batch normalisation and a model inside': () => {
    const inside = sequential({
      layers: [layers.dense({ units: 3, inputShape: [4], kernelInitializer: glorot(3) })],
    });
    const x = input({ shape: [4] });
    const normal = layers.batchNormalization().apply(dense(x, 4, 1)) as SymbolicTensor;
    return model({ inputs: x, outputs: inside.apply(normal) as SymbolicTensor });
  },
  'a sequential model': () =>
    sequential({
      layers: [
        layers.dense({ units: 3, inputShape: [4], kernelInitializer: glorot(1) }),
        layers.reLU(),
        layers.dense({ units: 2, kernelInitializer: glorot(2) }),
      ],
    }),
};

describe('applyInTraining', () => {
  test.each(Object.keys(networks) as (keyof typeof networks)[])(
    'gives the numbers of apply, and the same gradients: %s',
    (name) => {
      const xs = tf.tensor2d([1, -2, 3, 0.5, -1, 4, 2, -3, 0.25, 1, 1, -1], [3, 4]);
      const net = networks[name]();
      const variables = Object.values(namedWeights(net).trainable);
      const loss = (y: tf.Tensor) => tf.mean(tf.square(tf.sub(y, 0.3))) as tf.Scalar;
      const statistics = () => net.getWeights().map((w) => w.dataSync());
      const start = net.getWeights().map((w) => tf.clone(w));
      const expected = tf.variableGrads(
        () => loss(net.apply(xs, { training: true }) as tf.Tensor),
        variables,
      );
      const after = statistics();
      net.setWeights(start);
      const count = tf.memory().numTensors;
      const got = variableGradients(() => loss(applyInTraining(net, xs)), variables);
      expect(tf.memory().numTensors).toBe(count + 1 + variables.length);
      expect(got.value.dataSync()).toEqual(expected.value.dataSync());
      for (const [key, gradient] of Object.entries(expected.grads)) {
        expect(got.grads[key]?.dataSync()).toEqual(gradient.dataSync());
      }
      expect(statistics()).toEqual(after);
      expect(xs.isDisposed).toBe(false);
      net.dispose();
    },
  );

  test('lets the output of a layer go as soon as the layers after it have it', () => {
    const size = 1024;
    const x = input({ shape: [size] });
    let y: SymbolicTensor = x;
    for (let i = 0; i < 8; i++) y = new Witness({}).apply(y) as SymbolicTensor;
    const net = model({ inputs: x, outputs: y });
    const xs = tf.ones([2, size]);
    const before = tf.memory().numBytes;
    Witness.seen.length = 0;
    const result = applyInTraining(net, xs);
    const bytes = 4 * 2 * size;
    expect(Witness.seen.map((held) => held - before)).toEqual([0, ...Array(7).fill(bytes)]);
    expect(tf.memory().numBytes).toBe(before + bytes);
    expect(Array.from(result.dataSync().slice(0, 2))).toEqual([9, 9]);
  });

  test.each([
    ['by a layer', () => layers.masking({ maskValue: 0, inputShape: [3, 2] })],
    [
      'by a layer of a model inside',
      () => sequential({ layers: [layers.masking({ maskValue: 0, inputShape: [3, 2] })] }),
    ],
    ['by a layer of its own', () => new MaskMaker({ inputShape: [3, 2] })],
  ])('leaves models that mask to TensorFlow.js: %s', (_, make) => {
    const net = sequential({ layers: [make(), new MaskReader({})] });
    const xs = tf.tensor3d([1, 2, 0, 0, 4, 0], [1, 3, 2]);
    expect(Array.from(applyInTraining(net, xs).dataSync())).toEqual([1, 0, 1]);
  });

  test('leaves to a layer the tensor that it keeps, and to the caller the one that it gave', () => {
    const x = input({ shape: [4] });
    const keeper = new Keeper({});
    const sum = layers.add().apply([x, keeper.apply(x) as SymbolicTensor]) as SymbolicTensor;
    const net = model({ inputs: x, outputs: sum });
    const xs = tf.ones([1, 4]);
    for (let i = 0; i < 2; i++) {
      expect(Array.from(applyInTraining(net, xs).dataSync())).toEqual([3, 3, 3, 3]);
    }
    const given = model({ inputs: x, outputs: keeper.apply(x) as SymbolicTensor });
    applyInTraining(given, xs).dispose();
    applyInTraining(model({ inputs: x, outputs: x }), xs).dispose();
    expect(keeper.kept.isDisposed || xs.isDisposed).toBe(false);
    keeper.kept.dispose();
  });

  test('leaves images that do not fit to TensorFlow.js, which says so', () => {
    const net = networks['a chain']();
    expect(() => applyInTraining(net, tf.ones([2, 7]))).toThrow(/expected axis -1 .*to have.* 4/);
  });
});
