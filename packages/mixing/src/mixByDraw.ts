import * as tf from '@tensorflow/tfjs-core';
import { shapeText } from './checks.js';
import type { Draw } from './drawPairs.js';
import type { MethodPlan } from './methods.js';
import { type LabelRule, mixLabels } from './mixLabels.js';
import { mixMany } from './mixMany.js';
import { mixManyLabels } from './mixManyLabels.js';
import { mixWaves } from './mixWaves.js';
import { checkRatio } from './ratio.js';
import { takeExamples } from './takeExamples.js';

/** Mixes examples as a draw says, by a method; to be called within a tidy, the draw checked. */
export function mixByDraw<T extends tf.Tensor>(x: T, draw: Draw, { waves, paste }: MethodPlan): T {
  const { first, partner, ratio, third, box } = draw;
  const x1 = first ? takeExamples(x, first) : x;
  if (paste) return paste.mix(x1, takeExamples(x, partner), box as Int32Array) as T;
  if (third) {
    const x3 = takeExamples(x, third.partner);
    return mixMany([x1, takeExamples(x, partner), x3], sharesOf(draw), waves);
  }
  // A kernel reads partners where they lie; the tape wants a gather that has a gradient.
  return first || tf.engine().isTapeOn()
    ? mixWaves(x1, takeExamples(x, partner), ratio, waves ?? {})
    : mixWaves(x, x, ratio, waves ?? {}, tf.tensor1d(partner, 'int32'));
}

/** Mixes label rows as a draw says; to be called within a tidy, the draw checked. */
export function mixRowsByDraw(rows: tf.Tensor2D, draw: Draw, rule: LabelRule): tf.Tensor2D {
  const { first, partner, ratio, third } = draw;
  const y1 = first ? takeExamples(rows, first) : rows;
  const y2 = takeExamples(rows, partner);
  if (!third) return mixLabels(y1, y2, ratio, { rule });
  return mixManyLabels([y1, y2, takeExamples(rows, third.partner)], sharesOf(draw), { rule });
}

/** Refuses a draw that does not fit a batch, or a method. */
export function checkDraw(
  name: string,
  x: tf.Tensor,
  draw: Draw,
  { paste }: Pick<MethodPlan, 'paste'>,
): void {
  const { first, partner, ratio, third, box } = draw;
  if (x.rank < 2) {
    throw new RangeError(`${name}: images must be a batch, [B, …], got ${shapeText(x)}`);
  }
  const size = x.shape[0] as number;
  if (!first && partner.length !== size) {
    throw new RangeError(
      `${name}: a draw for ${size} images is needed, got one for ${partner.length}`,
    );
  }
  for (const places of [first, partner, third?.partner]) {
    const stray = places?.find((index) => !(index >= 0 && index < size));
    if (stray !== undefined) {
      throw new RangeError(`${name}: partners must be from 0 to ${size - 1}, got ${stray}`);
    }
    if (places && places.length !== partner.length) {
      throw new RangeError(
        `${name}: all of a draw must be of one length, got ${partner.length} partners and ${places.length}`,
      );
    }
  }
  checkRatio(name, ratio, partner.length);
  if (third) checkRatio(name, third.ratio, partner.length);
  if (paste && !box) {
    throw new RangeError(
      `${name}: this method needs a draw with boxes, got one without; draw with { size: [height, width] }`,
    );
  }
}

/** Shares of all three, rows that sum to 1; float32 shares of 1 together may leave a little less than 0. */
function sharesOf({ ratio, third }: Draw): number[][] {
  return Array.from(ratio, (r1, i) => {
    const r3 = third?.ratio[i] as number;
    return [r1, Math.max(0, 1 - r1 - r3), r3];
  });
}
