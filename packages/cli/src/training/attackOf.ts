import { createRandom } from '@bcl/random';
import { type Attack, fgsm, pgd } from '@bcl/trainer';
import type { AttackName } from '../names.js';

/** Flags of `bcl test` that say how images are attacked. */
export interface AttackFlags {
  attack?: AttackName;
  /** Shares of the range 0..255. */
  epsilon?: number;
  stepSize?: number;
  steps?: number;
}

/** Two grey levels. */
const EPSILON = 2 / 255;

/**
 * The attack that the flags ask for; undefined when they ask for none.
 *
 * @throws Error when a flag belongs to another attack, or to any.
 */
export function attackOf(flags: AttackFlags): Attack | undefined {
  const { attack, epsilon = EPSILON, steps, stepSize } = flags;
  if (attack !== 'pgd' && (steps !== undefined || stepSize !== undefined)) {
    throw new Error(
      'test: --steps and --step-size are of --attack pgd; add that, or leave them out',
    );
  }
  if (attack === undefined) {
    if (flags.epsilon === undefined) return undefined;
    throw new Error('test: --epsilon is of an attack; add --attack fgsm or --attack pgd');
  }
  if (attack === 'fgsm') return fgsm({ epsilon });
  return pgd({
    epsilon,
    ...(steps === undefined ? {} : { steps }),
    ...(stepSize === undefined ? {} : { stepSize }),
    random: createRandom(0).stream('attack'),
  });
}

/** An attack in words, as `pgd, epsilon 2/255, 10 steps of 0.5/255`. */
export function attackText({ config }: Attack): string {
  const { name, epsilon } = config;
  const steps = name === 'pgd' ? `, ${config.steps} steps of ${grey(config.stepSize)}` : '';
  return `${name}, epsilon ${grey(epsilon)}${steps}`;
}

/** A share of the range in grey levels. */
function grey(share: number): string {
  return `${Number((255 * share).toPrecision(4))}/255`;
}
