import { resolve } from 'node:path';
import type { RunConfig } from '@bcl/trainer';
import { makeOptimizer, makeSchedule } from './optimizing.js';
import { flagsOf, resumedFlags, runSettings, type TrainFlags } from './settings.js';

const flags: TrainFlags = {
  data: 'cifar.tar.gz',
  model: 'convnet',
  method: 'bc',
  label: 'single',
  limit: 100,
  testLimit: 50,
  epochs: 3,
  batchSize: 16,
  optimizer: 'sgd',
  lr: 0.25,
  momentum: 0.5,
  nesterov: 'chainer',
  weightDecay: 0.125,
  decayOn: 'kernels',
  clipNorm: 2,
  ema: 0.75,
  schedule: 'milestones',
  milestones: [1, 0.75],
  warmup: 1,
  augment: false,
  seed: 9,
  backend: 'wasm',
  threads: 2,
  resident: true,
  logEvery: 5,
  checkpointEvery: { steps: 7 },
  keepEvery: 3,
  tensorboard: true,
};

const config = (of: TrainFlags): RunConfig => ({
  version: 1,
  createdAt: '',
  versions: {},
  ...runSettings(
    of,
    makeOptimizer(of).getConfig(),
    makeSchedule(of, of.lr as number).config,
    of.backend,
  ),
});

describe('runSettings and flagsOf', () => {
  test('keep every flag, and the whole path of the data', () => {
    expect(flagsOf(config(flags))).toEqual({ ...flags, data: resolve('cifar.tar.gz') });
  });

  test.each(['embedded', 'cifar100'])('keep %s by its name, and no limit as none', (data) => {
    const { limit: _, testLimit: __, ...whole } = flags;
    const named = { ...whole, data, augment: true, resident: false };
    expect(flagsOf(config(named))).toEqual(named);
  });
});

describe('resumedFlags', () => {
  const run = flagsOf(config(flags));
  const resume = (changes: Partial<TrainFlags>) =>
    resumedFlags({ ...flags, lr: 1, ...changes }, new Set(Object.keys(changes)), run, 'runs/x');

  test('are those of the run, whatever the defaults are', () => {
    expect(resume({})).toEqual(run);
  });

  test('admit flags that say the same', () => {
    const same = { lr: 0.25, data: './cifar.tar.gz', augment: false, milestones: [1, 0.75] };
    expect(resume(same)).toEqual(run);
  });

  test('let epochs, backend, threads and what is kept change', () => {
    const changes = {
      epochs: 9,
      backend: 'cpu',
      threads: 'auto',
      checkpointEvery: { minutes: 1 },
      keepEvery: 1,
    } as const;
    expect(resume(changes)).toEqual({ ...run, ...changes });
  });

  test.each<[string, Partial<TrainFlags>, string]>([
    ['--lr 0.5', { lr: 0.5 }, '0.25'],
    ['--batch-size 32', { batchSize: 32 }, '16'],
    ['--weight-decay 1', { weightDecay: 1 }, '0.125'],
    ['--milestones 1,0.5', { milestones: [1, 0.5] }, '1,0.75'],
    ['--optimizer adam', { optimizer: 'adam' }, 'sgd'],
    ['--ema 0.5', { ema: 0.5 }, '0.75'],
    ['--data embedded', { data: 'embedded' }, resolve('cifar.tar.gz')],
  ])('refuse %s where the run says otherwise', (typed, changes, kept) => {
    expect(() => resume(changes)).toThrow(
      `train: ${typed} is not what runs/x was begun with (${kept}); leave it out to go on, or begin a new run with another --out`,
    );
  });
});
