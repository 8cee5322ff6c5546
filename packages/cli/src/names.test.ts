import * as backends from '@bcl/backends';
import { embedded, Preprocessing } from '@bcl/datasets';
import { mixLabels } from '@bcl/mixing';
import { type CreateModelOptions, summarizeNetwork } from '@bcl/models';
import {
  constant,
  cosine,
  fgsm,
  milestones,
  optimizerFromConfig,
  pgd,
  polynomial,
} from '@bcl/trainer';
import * as tf from '@tensorflow/tfjs-core';
import {
  attackNames,
  backendNames,
  labelNames,
  methodNames,
  networkOptionNames,
  optimizerNames,
  scheduleNames,
  suggestion,
} from './names.js';

describe('names', () => {
  test('of backends are those of @bcl/backends, and auto', () => {
    expect(backendNames).toEqual(['auto', ...backends.backendNames]);
  });

  test.each(methodNames)('of methods include %s of @bcl/datasets', (name) => {
    expect(Preprocessing.fit(embedded({ size: 10 }), name).method).toBe(name);
  });

  test.each(labelNames)('of label rules include %s of @bcl/mixing', async (rule) => {
    const [y1, y2] = [tf.tensor2d([[1, 0]]), tf.tensor2d([[0, 1]])];
    const expected = { ratio: [0.75, 0.25], single: [1, 0] }[rule];
    await expect(mixLabels(y1, y2, 0.75, { rule })).toBeAllClose(expected);
  });

  test.each(scheduleNames)('of schedules include %s of @bcl/trainer', (name) => {
    expect({ constant, cosine, milestones, polynomial }[name](0.5).config).toMatchObject({
      name,
      learningRate: 0.5,
    });
  });
});

test.each(attackNames)('names of attacks include %s of @bcl/trainer', (name) => {
  expect({ fgsm, pgd }[name]({ epsilon: 0.1 }).config).toMatchObject({ name, epsilon: 0.1 });
});

test('names of options of networks are those of @bcl/models', () => {
  const known: readonly (keyof CreateModelOptions)[] = networkOptionNames;
  expect(known).toContain('growth');
  expect(summarizeNetwork('densenetBC', { classes: 2, [known[0] as 'depth']: 16 }).parameters).toBe(
    summarizeNetwork('densenetBC', { classes: 2, depth: 16 }).parameters,
  );
});

test.each(optimizerNames)('names of optimizers include %s of @bcl/trainer', (name) => {
  expect(optimizerFromConfig({ name, learningRate: 0.5 }).getConfig()).toMatchObject({ name });
});

describe('suggestion', () => {
  test.each([
    ['bcplus', 'bc+'],
    ['BC', 'bc'],
    ['standart', 'standard'],
  ])('for %s is %s, and the whole list', (typed, nearest) => {
    expect(suggestion(typed, methodNames)).toBe(
      `Did you mean '${nearest}'? Known: standard, bc, bc+.`,
    );
  });
});
