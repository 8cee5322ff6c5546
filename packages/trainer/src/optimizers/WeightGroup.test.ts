import * as tf from '@tensorflow/tfjs-core';
import { adamW } from './adamW.js';
import { groupsByFactor } from './groupsByFactor.js';
import { sgd } from './sgd.js';
import { biasesAndNorms, settingsOf } from './WeightGroup.js';

describe('settingsOf', () => {
  test.each([
    ['fc1/kernel', 'fc1/kernel', true],
    ['fc1/kernel', 'fc1/kernel2', false],
    ['*', 'anything/at.all', true],
    ['*bias', 'conv11/bias', true],
    ['*bias', 'bias', true],
    ['*bias', 'biased/kernel', false],
    ['conv*/kernel', 'conv11/bn/kernel', true],
    ['conv1*', 'fc/conv1', false],
    ['a.c*', 'abc', false],
    ['**a*', 'banana', true],
  ])('%s names %s: %s', (weights, name, named) => {
    expect(settingsOf(name, [{ weights, factor: 2 }], 0).factor).toBe(named ? 2 : 1);
  });

  test('takes each setting from the last group that says it', () => {
    const groups = [
      { weights: '*', factor: 0.5, weightDecay: 1 },
      { weights: [...biasesAndNorms], weightDecay: 0 },
      { weights: 'fc/bias', factor: 3 },
    ];
    expect(settingsOf('fc/bias', groups, 7)).toEqual({ factor: 3, weightDecay: 0 });
    expect(settingsOf('bn/gamma', groups, 7)).toEqual({ factor: 0.5, weightDecay: 0 });
    expect(settingsOf('fc/kernel', groups, 7)).toEqual({ factor: 0.5, weightDecay: 1 });
    expect(settingsOf('fc/kernel', [], 7)).toEqual({ factor: 1, weightDecay: 7 });
  });
});

describe('groups of an optimizer', () => {
  const variables = () => ({
    'fc/kernel': tf.variable(tf.tensor1d([1])),
    'fc/bias': tf.variable(tf.tensor1d([1])),
  });
  const gradients = () => ({ 'fc/kernel': tf.tensor1d([1]), 'fc/bias': tf.tensor1d([1]) });

  test('change rate and decay of the weights that they name', async () => {
    const w = variables();
    const groups = [
      { weights: biasesAndNorms, weightDecay: 0 },
      { weights: 'fc/kernel', factor: 0.5 },
    ];
    const optimizer = sgd({ learningRate: 0.25, weightDecay: 2, groups });
    optimizer.step(w, gradients());
    await expect(w['fc/kernel']).toBeAllClose([1 - 0.125 * (1 + 2)]);
    await expect(w['fc/bias']).toBeAllClose([1 - 0.25]);
    tf.dispose(Object.values(w));
  });

  test('leave weights of factor 0 where they are', async () => {
    const w = variables();
    const optimizer = adamW({ groups: [{ weights: 'fc/*', factor: 0 }] });
    optimizer.step(w, gradients());
    await expect(w['fc/kernel']).toBeAllClose([1], { rtol: 0, atol: 0 });
    optimizer.dispose();
    tf.dispose(Object.values(w));
  });

  test('must not name a weight that there is not, lest a slip goes unseen', () => {
    const w = variables();
    const optimizer = sgd({ learningRate: 1, groups: groupsByFactor({ 'fc/kernal': 0.1 }) });
    expect(() => optimizer.step(w, gradients())).toThrow(
      new RangeError(
        'sgd: groups must name weights that are trained, got fc/kernal; they are fc/kernel, fc/bias',
      ),
    );
    // A pattern may name none: a network without batch norm has no gamma.
    sgd({ learningRate: 1, groups: [{ weights: '*gamma' }] }).step(w, gradients());
    tf.dispose(Object.values(w));
  });

  test.each([
    [{ weights: '*', factor: -1 }, 'factor of groups[0] must be a number from 0 up, got -1'],
    [{ weights: '*', weightDecay: Number.NaN }, 'weightDecay of groups[0] must be a number'],
    [{ weights: [] }, "groups[0] must name a weight, got none; '*' names all"],
  ])('are refused: %j', (group, message) => {
    expect(() => sgd({ learningRate: 1, groups: [group] })).toThrow(`sgd: ${message}`);
  });
});

test('groupsByFactor makes one group of each factor, none of 1', () => {
  expect(groupsByFactor({ a: 0.5, b: 1, c: 0.25, d: 0.5 })).toEqual([
    { weights: ['a', 'd'], factor: 0.5 },
    { weights: ['c'], factor: 0.25 },
  ]);
});
