import { biasesAndNorms } from '@bcl/trainer';
import {
  makeOptimizer,
  makeSchedule,
  type OptimizingFlags,
  optimizingFlagsOf,
} from './optimizing.js';

const plain: OptimizingFlags = { optimizer: 'sgd', decayOn: 'all', schedule: 'cosine', warmup: 0 };
const config = (flags: Partial<OptimizingFlags>) =>
  makeOptimizer({ ...plain, ...flags }).getConfig();

describe('makeOptimizer', () => {
  test.each<[Partial<OptimizingFlags>, object]>([
    [{}, { name: 'sgd', learningRate: 0.02, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }],
    [{ nesterov: 'chainer' }, { momentum: 0.9, nesterov: 'chainer' }],
    [
      { momentum: 0, lr: 1 },
      { learningRate: 1, momentum: 0, nesterov: false },
    ],
    [{ optimizer: 'adam' }, { name: 'adam', learningRate: 1e-3, weightDecay: 5e-4 }],
    [{ optimizer: 'adamw' }, { name: 'adamw', learningRate: 1e-3, weightDecay: 0.01 }],
    [
      { optimizer: 'swats', lr: 0.5, weightDecay: 0 },
      { name: 'swats', learningRate: 0.5 },
    ],
    [{ clipNorm: 2 }, { clip: { norm: 2 } }],
    [{ clipValue: 2 }, { clip: { value: 2 } }],
    [{ decayOn: 'kernels' }, { groups: [{ weights: biasesAndNorms, weightDecay: 0 }] }],
  ])('of %j has what they ask for', (flags, expected) => {
    expect(config(flags)).toMatchObject(expected);
  });

  test.each<[Partial<OptimizingFlags>, string]>([
    [
      { optimizer: 'adam', momentum: 0.5 },
      'train: --momentum is for --optimizer sgd, got adam; leave it out',
    ],
    [
      { optimizer: 'swats', nesterov: 'chainer' },
      'train: --nesterov is for --optimizer sgd, got swats; leave it out',
    ],
    [
      { clipNorm: 1, clipValue: 1 },
      'train: --clip-norm and --clip-value exclude each other; leave one out',
    ],
  ])('refuses %j', (flags, message) => {
    expect(() => config(flags)).toThrow(message);
  });
});

describe('makeSchedule', () => {
  test('puts the warm-up before the fall', () => {
    const flags = { ...plain, schedule: 'milestones', milestones: [100, 0.75], warmup: 5 } as const;
    expect(makeSchedule({ ...flags, milestones: [100, 0.75] }, 0.5).config).toEqual({
      name: 'warmup',
      schedule: { name: 'milestones', learningRate: 0.5, at: [100, 0.75], factor: 0.1 },
      epochs: 5,
      factor: 0.1,
      shape: 'linear',
    });
  });

  test('refuses milestones where they mean nothing', () => {
    expect(() => makeSchedule({ ...plain, milestones: [1] }, 1)).toThrow(
      'train: --milestones are for --schedule milestones, got cosine',
    );
  });
});

describe('optimizingFlagsOf', () => {
  test.each<OptimizingFlags>([
    { ...plain, lr: 0.5, momentum: 0.5, nesterov: 'pytorch', weightDecay: 0 },
    { ...plain, lr: 0.5, momentum: 0.5, nesterov: 'chainer', weightDecay: 1, warmup: 2.5 },
    { ...plain, lr: 0.5, momentum: 0, weightDecay: 0.1, schedule: 'constant', clipValue: 3 },
    {
      ...{ optimizer: 'adamw', lr: 1, weightDecay: 0.5, decayOn: 'kernels', clipNorm: 3, ema: 0.9 },
      ...{ schedule: 'milestones', milestones: [1, 0.5], warmup: 1 },
    },
    { ...plain, optimizer: 'swats', lr: 0.1, weightDecay: 0, schedule: 'polynomial', ema: 0.5 },
  ])('finds the flags again that made an optimizer and a schedule: %j', (flags) => {
    const optimizer = makeOptimizer(flags).getConfig();
    const { config: schedule } = makeSchedule(flags, flags.lr as number);
    const again = optimizingFlagsOf(
      ...(JSON.parse(JSON.stringify([optimizer, schedule])) as [never, never]),
      flags.ema,
    );
    expect(again).toEqual(flags);
  });
});
