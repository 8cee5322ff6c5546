import type * as tf from '@tensorflow/tfjs-core';
import type { BetweenClassOptions } from './betweenClass.js';
import { cutMix } from './cutMix.js';
import type { PairedClasses } from './drawPartners.js';
import type { RatioSettings } from './ratioRule.js';
import { resizeMix } from './resizeMix.js';

/** The methods that have a name: those of the BC papers, and what they are compared with. */
export type MixMethod = 'bc' | 'bc+' | 'mixup' | 'cutmix' | 'resizemix';

/** What a method does with images, and what its authors leave to chance. */
export interface MethodPlan {
  /** Mixes by `betweenClass` with these settings; else pastes. */
  readonly waves?: BetweenClassOptions;
  /** Pastes boxes. */
  readonly paste?: {
    readonly border: 'cut' | 'inside';
    readonly mix: (x1: tf.Tensor, x2: tf.Tensor, box: ArrayLike<number>) => tf.Tensor;
  };
  readonly classes: PairedClasses;
  readonly ratio: RatioSettings;
}

const PAPER = { classes: 'different', ratio: 'uniform' } as const;

const METHODS: Readonly<Record<MixMethod, MethodPlan>> = {
  bc: { waves: {}, ...PAPER },
  'bc+': { waves: { zeroMean: true, keepEnergy: true, balance: true }, ...PAPER },
  // α = 1, theirs for CIFAR: Beta(1, 1) is uniform. Zhang et al., arXiv:1710.09412.
  mixup: { waves: {}, classes: 'any', ratio: 'uniform' },
  // α = 1. Yun et al., arXiv:1905.04899.
  cutmix: { paste: { border: 'cut', mix: cutMix }, classes: 'any', ratio: 'uniform' },
  // Scales from 0.1 to 0.8. Qin et al., arXiv:2012.11101.
  resizemix: {
    paste: { border: 'inside', mix: resizeMix },
    classes: 'any',
    ratio: { scale: [0.1, 0.8] },
  },
};

/** What a name, or settings of `betweenClass`, mean. */
export function methodPlan(name: string, method: MixMethod | BetweenClassOptions): MethodPlan {
  if (typeof method === 'object' && method !== null) return { waves: method, ...PAPER };
  const plan = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
  if (!plan) {
    throw new RangeError(
      `${name}: method must be one of ${Object.keys(METHODS).join(', ')} or settings of betweenClass, got '${method}'`,
    );
  }
  return plan;
}
