import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // registers the gradients of TensorFlow.js
import { registerWasmKernels } from '../wasm/registerWasmKernels.js';
import { variableGradients } from './variableGradients.js';

beforeAll(async () => {
  await registerWasmKernels();
});

let w: tf.Variable<tf.Rank.R2>;
let v: tf.Variable<tf.Rank.R2>;

beforeEach(() => {
  w = tf.variable(tf.tensor2d([1, -2, 3, 4, -5, 6], [2, 3]), true, 'w');
  v = tf.variable(tf.tensor2d([0.5, 2, -1, 3, 0.25, -4], [2, 3]), true, 'v');
});

afterEach(() => {
  tf.dispose([w, v]);
});

/** Losses, by what is worth a look in them. */
const losses: Record<string, () => tf.Scalar> = {
  'a product': () => tf.sum(tf.mul(w, v)),
  'a square of one tensor': () => tf.sum(tf.mul(w, w)),
  'a sum of rows and a column': () => tf.sum(tf.mul(tf.add(w, tf.sum(v, 1, true)), v)),
  'a difference that broadcasts': () => tf.sum(tf.square(tf.sub(tf.mean(v, 0), w))),
  'tensors used again later': () => {
    const x = tf.relu(tf.mul(w, v));
    const y = tf.add(x, tf.square(x));
    return tf.mean(tf.add(tf.mul(y, x), y));
  },
  'a sum of many': () => tf.sum(tf.mul(tf.addN([w, v, w, tf.square(v)]), v)),
  'parts side by side': () => tf.sum(tf.square(tf.concat([w, tf.slice(v, [0, 1], [2, 2])], 1))),
  'tensors stacked': () => tf.sum(tf.square(tf.stack([w, v, w]))),
  'other shapes': () =>
    tf.sum(tf.square(tf.matMul(tf.expandDims(tf.reshape(w, [3, 2])), tf.expandDims(v)))),
  padding: () =>
    tf.sum(
      tf.mul(
        tf.pad(tf.square(w), [
          [1, 0],
          [0, 2],
        ]),
        tf.pad(v, [
          [0, 1],
          [1, 1],
        ]),
      ),
    ),
  'one variable alone': () => tf.sum(tf.exp(w)),
  'what is not differentiated': () => {
    tf.square(tf.add(w, v));
    return tf.sum(tf.mul(w, tf.step(v)));
  },
};

describe('variableGradients', () => {
  test.each(Object.keys(losses))('gives the numbers of tf.variableGrads: %s', async (name) => {
    const f = losses[name] as () => tf.Scalar;
    const expected = tf.variableGrads(f, [w, v]);
    const before = tf.memory().numTensors;
    const got = variableGradients(f, [w, v]);
    expect(Object.keys(got.grads)).toEqual(Object.keys(expected.grads));
    expect(tf.memory().numTensors).toBe(before + 1 + Object.keys(got.grads).length);
    expect(await got.value.array()).toBe(await expected.value.array());
    for (const [key, gradient] of Object.entries(expected.grads)) {
      expect(got.grads[key]?.shape).toEqual(gradient.shape);
      expect(await got.grads[key]?.array()).toEqual(await gradient.array());
    }
  });

  test('lets every tensor go as soon as nothing on the way back needs it', () => {
    const length = 12;
    const size = 4096;
    const big = tf.variable(tf.fill([size], 0.5), true, 'big');
    const start = tf.memory().numBytes;
    const most = { here: 0 };
    // After each operation of the way back.
    const watched = tf.customGrad((x) => ({
      value: tf.clone(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => {
        most.here = Math.max(most.here, tf.memory().numBytes - start);
        return tf.clone(dy);
      },
    }));
    const chain = (): tf.Scalar => {
      let x: tf.Tensor = big;
      for (let i = 0; i < length; i++)
        x = tf.add(
          tf.tidy(() => tf.sin(watched(x))),
          1,
        );
      return tf.sum(x);
    };
    tf.dispose(tf.variableGrads(chain, [big]) as unknown as tf.TensorContainer);
    const stock = most.here;
    most.here = 0;
    tf.dispose(variableGradients(chain, [big]) as unknown as tf.TensorContainer);
    expect(most.here).toBeLessThan(stock / 2);
    expect(tf.memory().numBytes).toBe(start);
    big.dispose();
  });

  test('leaves alone what a gradient hands over without having made it', async () => {
    const constant = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const op = tf.customGrad((a, b) => ({
      value: tf.add(a as tf.Tensor, b as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => [dy, dy],
    }));
    const constantOp = tf.customGrad((a) => ({
      value: tf.clone(a as tf.Tensor),
      gradFunc: () => constant,
    }));
    const twice = tf.customGrad((a, b) => ({
      value: tf.add(a as tf.Tensor, b as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => {
        const one = tf.mul(dy, 2);
        return [one, one];
      },
    }));
    const { value, grads } = variableGradients(
      () => tf.sum(tf.add(twice(op(w, v), v), constantOp(w))),
      [w, v],
    );
    value.dispose();
    await expect(grads.w as tf.Tensor).toBeAllClose([3, 4, 5, 6, 7, 8]);
    await expect(grads.v as tf.Tensor).toBeAllClose([4, 4, 4, 4, 4, 4]);
    await expect(constant).toBeAllClose([1, 2, 3, 4, 5, 6]);
    tf.dispose([constant, grads]);
  });

  test('can be differentiated where it stands inside of another', async () => {
    const second = tf.variableGrads(() => {
      const { grads } = variableGradients(() => tf.sum(tf.mul(tf.square(w), w)), [w]);
      return tf.sum(grads.w as tf.Tensor);
    }, [w]);
    await expect(second.grads.w as tf.Tensor).toBeAllClose([6, -12, 18, 24, -30, 36]);
    tf.dispose(second as unknown as tf.TensorContainer);
  });

  test('leaves a loss that f did not make to its owner', async () => {
    const own = tf.variable(tf.scalar(2), true, 'own');
    const { value, grads } = variableGradients(() => own as unknown as tf.Scalar, [own]);
    await expect(grads.own as tf.Tensor).toBeAllClose([1]);
    value.dispose();
    const constant = tf.scalar(5);
    expect(() => variableGradients(() => constant, [own])).toThrow(/depends on none of 1/);
    await expect(tf.add(own, constant)).toBeAllClose([7]);
    tf.dispose([own, constant, grads]);
  });

  test('gives no gradient of a variable that is not trainable', () => {
    const still = tf.variable(tf.scalar(2), false, 'still');
    const { value, grads } = variableGradients(() => tf.sum(tf.mul(w, still)), [w, still]);
    expect(Object.keys(grads)).toEqual(['w']);
    tf.dispose([still, value, grads]);
  });

  test.each([
    ['nothing', undefined],
    ['a number', 3],
    ['a promise', Promise.resolve()],
  ])('refuses %s for a loss', (kind, given) => {
    expect(() => variableGradients(() => given as unknown as tf.Scalar, [w])).toThrow(
      new TypeError(
        `variableGradients: f must give the loss as a scalar tensor, at once, got ${kind}`,
      ),
    );
  });

  test('says what is wrong, and leaves nothing behind', () => {
    const count = tf.memory().numTensors;
    expect(() => variableGradients(() => tf.square(w) as unknown as tf.Scalar, [w])).toThrow(
      'variableGradients: f must give a scalar, got [2, 3]',
    );
    expect(() => variableGradients(() => tf.sum(tf.square(w)), [v])).toThrow(
      'variableGradients: the loss must depend on the variables, got one that depends on none of 1',
    );
    expect(() => variableGradients(() => tf.sum(tf.cumprod(tf.square(w))), [w])).toThrow(
      /operations must have gradients, got Cumprod/,
    );
    expect(() =>
      variableGradients(() => {
        tf.square(tf.square(w));
        throw new Error('no loss today');
      }, [w]),
    ).toThrow('no loss today');
    const wrong = tf.customGrad((x) => ({
      value: tf.sum(x as tf.Tensor),
      gradFunc: () => tf.zeros([7]),
    }));
    expect(() => variableGradients(() => tf.square(wrong(w)) as tf.Scalar, [w])).toThrow(
      /must be float32 \[2, 3\], got float32 \[7\]/,
    );
    expect(tf.memory().numTensors).toBe(count);
    expect(tf.engine().state.gradientDepth).toBe(0);
  });
});
