import {
  biasesAndNorms,
  constant,
  cosine,
  milestones,
  type Optimizer,
  type OptimizerConfig,
  optimizerFromConfig,
  polynomial,
  type Schedule,
  type ScheduleConfig,
  type WeightGroup,
  withWarmup,
} from '@bcl/trainer';
import type { DecayedName, NesterovName, OptimizerName, ScheduleName } from '../names.js';

/** The flags of `bcl train` that say how weights move. */
export interface OptimizingFlags {
  optimizer: OptimizerName;
  /** Default 0.02 for sgd, 0.001 for the others. */
  lr?: number;
  /** Of sgd alone; default 0.9. */
  momentum?: number;
  /** Of sgd alone; default PyTorch's. */
  nesterov?: NesterovName;
  /** Default 0.01 for adamw, 0.0005 for the others. */
  weightDecay?: number;
  decayOn: DecayedName;
  clipNorm?: number;
  clipValue?: number;
  ema?: number;
  schedule: ScheduleName;
  /** For the schedule of that name; default 40, 60 and 80 % of the epochs. */
  milestones?: number[];
  /** Epochs in which the rate rises from a tenth; 0 for none. */
  warmup: number;
}

/** Makes the optimizer that flags ask for. */
export function makeOptimizer(flags: OptimizingFlags): Optimizer {
  const { optimizer: name, decayOn, clipNorm, clipValue } = flags;
  const { lr = name === 'sgd' ? 0.02 : 1e-3, weightDecay = name === 'adamw' ? 0.01 : 5e-4 } = flags;
  if (clipNorm !== undefined && clipValue !== undefined) {
    throw new Error('train: --clip-norm and --clip-value exclude each other; leave one out');
  }
  const limit = clipNorm === undefined ? { value: clipValue } : { norm: clipNorm };
  return optimizerFromConfig({
    name,
    learningRate: lr,
    weightDecay,
    ...momentumOf(flags),
    ...(decayOn === 'kernels' ? { groups: [undecayed] } : {}),
    ...((clipNorm ?? clipValue) === undefined ? {} : { clip: limit }),
  });
}

const undecayed: WeightGroup = { weights: biasesAndNorms, weightDecay: 0 };

function momentumOf(flags: OptimizingFlags): Partial<OptimizerConfig> {
  if (flags.optimizer === 'sgd') {
    const { momentum = 0.9, nesterov = 'pytorch' } = flags;
    return { momentum, nesterov: momentum > 0 && (nesterov === 'chainer' ? nesterov : true) };
  }
  for (const name of ['momentum', 'nesterov'] as const) {
    if (flags[name] === undefined) continue;
    throw new Error(
      `train: --${name} is for --optimizer sgd, got ${flags.optimizer}; leave it out`,
    );
  }
  return {};
}

/** Makes the schedule that flags ask for, from the optimizer's rate. */
export function makeSchedule(flags: OptimizingFlags, learningRate: number): Schedule {
  const { schedule: name, milestones: at, warmup } = flags;
  if (at && name !== 'milestones') {
    throw new Error(`train: --milestones are for --schedule milestones, got ${name}`);
  }
  const make = {
    cosine,
    polynomial,
    constant,
    milestones: () => milestones(learningRate, at ? { at } : {}),
  }[name];
  const schedule = make(learningRate);
  return warmup > 0 ? withWarmup(schedule, { epochs: warmup }) : schedule;
}

/** The flags that an optimizer and a schedule stand for. */
export function optimizingFlagsOf(
  optimizer: OptimizerConfig,
  schedule: ScheduleConfig,
  ema: number | undefined,
): OptimizingFlags {
  const { name, learningRate, weightDecay, momentum, nesterov, groups, clip } = optimizer as {
    name: OptimizerName;
    learningRate: number;
    weightDecay: number;
    momentum?: number;
    nesterov?: boolean | 'chainer';
    groups?: WeightGroup[];
    clip?: { norm?: number; value?: number };
  };
  const [warmup, falling] =
    schedule.name === 'warmup' ? [schedule.epochs, schedule.schedule] : [0, schedule];
  return {
    optimizer: name,
    lr: learningRate,
    weightDecay,
    decayOn: groups ? 'kernels' : 'all',
    schedule: falling.name as ScheduleName,
    warmup,
    ...(momentum === undefined ? {} : { momentum }),
    ...(nesterov ? { nesterov: nesterov === 'chainer' ? nesterov : 'pytorch' } : {}),
    ...(clip?.norm === undefined ? {} : { clipNorm: clip.norm }),
    ...(clip?.value === undefined ? {} : { clipValue: clip.value }),
    ...(falling.name === 'milestones' ? { milestones: falling.at } : {}),
    ...(ema === undefined ? {} : { ema }),
  };
}
