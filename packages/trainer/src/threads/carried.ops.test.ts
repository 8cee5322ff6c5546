import * as tf from '@tensorflow/tfjs-core';
import type { ReplicaState } from '../training/ReplicaState.js';
import { Arrival, carriedBytes, carriedTensors, load, numbersOf } from './carried.js';

/** Carries a state over as threads do, through as many bytes of shared memory at a time. */
async function carry(state: ReplicaState, bytes: number): Promise<Arrival> {
  const carrier = new SharedArrayBuffer(bytes);
  const arrival = new Arrival();
  for (const { carried, tensor } of carriedTensors(state)) {
    let to = 0;
    do {
      const from = to;
      to = await load(carrier, tensor, from);
      arrival.take(carried, carrier, from, to);
    } while (to < carriedBytes(carried));
  }
  return arrival;
}

function example(): ReplicaState {
  return {
    weights: {
      'fc/kernel': tf.tensor2d([1.5, -2, 3, 4, 5, 6], [2, 3]),
      'fc/mask': tf.tensor1d([true, false, true], 'bool'),
      'fc/ids': tf.tensor1d([7, -8], 'int32'),
      none: tf.zeros([0, 2]),
    },
    optimizer: {
      tensors: { 'fc/kernel/velocity': tf.range(0, 300) },
      numbers: { steps: 3 },
    },
    average: { means: { 'fc/kernel': tf.scalar(Math.PI) }, steps: 5 },
  };
}

describe('a state that is carried', () => {
  test.each([1, 8, 4096])('comes whole, by %i bytes at a time', async (bytes) => {
    const state = example();
    const before = tf.memory().numTensors;
    const arrival = await carry(state, bytes);
    expect(tf.memory().numTensors).toBe(before + 6);
    const got = arrival.state(numbersOf(state));
    for (const [part, tensors] of [
      [got.weights, state.weights],
      [got.optimizer.tensors, state.optimizer.tensors],
      [got.average?.means, state.average?.means],
    ] as [tf.NamedTensorMap, tf.NamedTensorMap][]) {
      expect(Object.keys(part)).toEqual(Object.keys(tensors));
      for (const [name, tensor] of Object.entries(tensors)) {
        expect([part[name]?.shape, part[name]?.dtype]).toEqual([tensor.shape, tensor.dtype]);
        expect(await part[name]?.data()).toEqual(await tensor.data());
      }
    }
    expect(got.optimizer.numbers).toEqual({ steps: 3 });
    expect(got.average?.steps).toBe(5);
    arrival.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('has no average where none is kept', async () => {
    const { weights, optimizer } = example();
    const state = { weights, optimizer, average: null };
    const arrival = await carry(state, 64);
    expect(arrival.state(numbersOf(state)).average).toBeNull();
    arrival.dispose();
  });
});
