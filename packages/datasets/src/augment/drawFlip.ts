import type { Random } from '@bcl/random';
import type { View } from './change.js';
import { flippedView } from './views.js';

export interface FlipOptions {
  readonly random: Random;
  /** Probability that an image is flipped. Default ½. */
  readonly probability?: number;
}

/** Which images of a batch are flipped. */
export interface FlipPlan {
  /** 1 for those that are, `[B]`. */
  readonly flip: Uint8Array;
}

/** Draws for `count` images whether each is flipped, one number each. */
export function drawFlip(count: number, { random, probability = 0.5 }: FlipOptions): FlipPlan {
  checkProbability('drawFlip', probability);
  return { flip: Uint8Array.from({ length: count }, () => (random() < probability ? 1 : 0)) };
}

/** What becomes of a view of one of the images. */
export function flipView({ flip }: FlipPlan, view: View): View {
  return flip[view.image] ? flippedView(view) : view;
}

/** Refuses what is no probability. */
export function checkProbability(caller: string, probability: unknown): void {
  if (!((probability as number) >= 0 && (probability as number) <= 1)) {
    throw new RangeError(`${caller}: probability must be 0..1, got ${probability}`);
  }
}
