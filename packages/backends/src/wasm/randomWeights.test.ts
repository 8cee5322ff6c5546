import * as tf from '@tensorflow/tfjs-core';
import { guardHeap } from '../testing/guardHeap.js';
import { run } from '../testing/kernels.js';
import { registerWasmKernels } from './registerWasmKernels.js';

beforeAll(async () => {
  await registerWasmKernels();
  guardHeap();
});

/** A straight table: the quantile of probability t is what its place in the table says. */
const straight = Float64Array.from({ length: 32 * 64 + 1 }, (_, i) => i);

function draw(attrs: object, shape = [3, 5]): Float32Array {
  const [weights] = run('BclRandomWeights', {}, { shape, key: [1, 2], scale: 1, ...attrs });
  expect(weights?.shape).toEqual(shape);
  return (weights as tf.Tensor).dataSync<'float32'>();
}

test('BclRandomWeights fills a tensor by counting: the longer of two begins as the shorter', () => {
  for (const distribution of ['normal', 'uniform']) {
    const short = draw({ distribution, quantiles: straight }, [7]);
    const long = draw({ distribution, quantiles: straight }, [1000]);
    expect(long.slice(0, 7)).toEqual(short);
    expect(new Set(long).size).toBeGreaterThan(990);
    const other = draw({ distribution, quantiles: straight, key: [1, 3] }, [1000]);
    expect(other.filter((value, i) => value === long[i]).length).toBeLessThan(10);
  }
});

test('BclRandomWeights scales what it draws', () => {
  const uniform = draw({ distribution: 'uniform', scale: 0.25 }, [10_000]);
  expect(Math.max(...uniform)).toBeLessThanOrEqual(0.25);
  expect(Math.max(...uniform)).toBeGreaterThan(0.2499);
  expect(Math.min(...uniform)).toBeGreaterThanOrEqual(-0.25);
  const normal = (scale: number) => draw({ distribution: 'normal', quantiles: straight, scale });
  expect(normal(2)).toEqual(normal(1).map((value) => 2 * value));
});

test('BclRandomWeights chooses a piece of the table by probability, and either sign as often', () => {
  const values = draw({ distribution: 'normal', quantiles: straight }, [20_000]);
  // Half of the sizes lie in the last octave, a quarter in the one before, and so on.
  for (const octave of [31, 30, 29]) {
    const inside = values.filter((value) => Math.floor(Math.abs(value) / 64) === octave).length;
    const share = 2 ** (octave - 32);
    // Five standard deviations.
    expect(Math.abs(inside / 20_000 - share)).toBeLessThan(
      5 * Math.sqrt((share * (1 - share)) / 20_000),
    );
  }
  const above = values.filter((value) => value > 0).length;
  expect(Math.abs(above - 10_000)).toBeLessThan(5 * Math.sqrt(5000));
});

test('BclRandomWeights makes one tensor, an empty one too', () => {
  const before = tf.memory();
  const tensors = [[4], [0, 3]].flatMap((shape) =>
    run(
      'BclRandomWeights',
      {},
      { shape, key: [1, 2], scale: 1, distribution: 'normal', quantiles: straight },
    ),
  );
  expect(tf.memory().numTensors).toBe(before.numTensors + 2);
  tf.dispose(tensors);
  expect(tf.memory()).toEqual(before);
});

test('BclRandomWeights never changes what a key gives', () => {
  expect([...draw({ distribution: 'uniform' }, [4])]).toEqual([
    -0.0724431723356247, 0.12647487223148346, 0.8585321307182312, -0.3885553777217865,
  ]);
  const normal = [...draw({ distribution: 'normal', quantiles: straight }, [4])];
  expect(normal).toEqual([
    1974.727294921875, -1992.0943603515625, -2038.946044921875, 1934.264892578125,
  ]);
});
