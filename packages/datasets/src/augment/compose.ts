import type { SeededRandom } from '@bcl/random';
import * as tf from '@tensorflow/tfjs-core';
import { applyChange } from './applyChange.js';
import { checkSteps } from './checkSteps.js';
import { checkImageBatch, type ImageBatch, type ImageBatchShape, isTensor } from './images.js';
import { type AugmentationPlan, changesOf, drawSteps, ruleOf, sizeAfter } from './planSteps.js';
import { copyOf } from './rawData.js';
import type { AugmentationStep } from './Step.js';

/** Steps that training images go through one after the other; made by {@link compose}. */
export class Augmentation {
  /** The steps with all their settings: plain JSON, from which {@link compose} makes the same again. */
  readonly steps: readonly AugmentationStep[];

  constructor(steps: readonly AugmentationStep[]) {
    this.steps = checkSteps(steps);
  }

  /**
   * Draws for a batch what each step does to which image.
   *
   * @param shape The batch's.
   * @param random Each step draws from a stream of its own: `flip`, `crop`, `color`, `erase`. It may be left out where no step draws.
   */
  draw(shape: ImageBatchShape, random?: SeededRandom): AugmentationPlan {
    return drawSteps(this.steps, shape, random);
  }

  /**
   * Does to a batch what was drawn.
   *
   * @param images `[B, H, W, C]`, a tensor or in plain memory; kept.
   * @returns The same kind, owned by the caller.
   * @throws RangeError when the plan is for a batch of another shape.
   */
  apply<T extends ImageBatch>(images: T, plan: AugmentationPlan): T {
    checkImageBatch('Augmentation.apply', images);
    if (plan.shape.some((side, i) => side !== images.shape[i])) {
      throw new RangeError(
        `Augmentation.apply: the plan is for images [${plan.shape.join(', ')}], got [${images.shape.join(', ')}]; draw one for this batch`,
      );
    }
    const changes = changesOf(plan.steps, plan.shape);
    const all = () => changes.reduce((now: ImageBatch, change) => applyChange(now, change), images);
    if (!isTensor(images)) {
      const changed = all();
      return (changed === images ? { ...images, data: copyOf(images.data) } : changed) as T;
    }
    return tf.tidy(() => {
      const changed = all() as tf.Tensor4D;
      return changed === images ? tf.clone(images) : changed;
    }) as T;
  }

  /** Whether it does the same to all images: no step draws. */
  isFixed(): boolean {
    return this.steps.every(({ step }) => ruleOf(step).stream === undefined);
  }

  /** Draws and applies. */
  augment<T extends ImageBatch>(images: T, random: SeededRandom): T {
    checkImageBatch('Augmentation.augment', images);
    return this.apply(images, this.draw(images.shape, random));
  }

  /** Height, width and channels of what comes out for images of a shape. */
  outputShape(
    shape: readonly [height: number, width: number, channels: number],
  ): [height: number, width: number, channels: number] {
    return [...sizeAfter(this.steps, [shape[0], shape[1]]), shape[2]];
  }

  /**
   * What test images go through: steps without chance stay, a random window becomes the middle one, and instead of a random box the
   * image is made so small that the middle is 0.875 of its shorter side; flips, colours and the rest are left out.
   */
  evaluation(): Augmentation {
    return new Augmentation(
      this.steps.flatMap(({ step, ...settings }) => ruleOf(step).evaluation(settings as never)),
    );
  }

  /** The steps; `compose(JSON.parse(text))` is the same augmentation. */
  toJSON(): readonly AugmentationStep[] {
    return this.steps;
  }
}

/**
 * Puts steps together to one augmentation: what they do to a batch is drawn first and applied afterwards, to tensors and to plain
 * memory alike, and its JSON is all that is needed to do the same again.
 *
 * @param steps `{ step, … }` with the settings of the op of that name: `flip`, `padCrop`, `randomCrop`, `randomResizedCrop`,
 * `pcaColor`, `randomErasing`, `resize`, `centerCrop`. Those for raw images come before those for preprocessed ones.
 * @throws RangeError when a step or a setting is unknown, out of range or out of order.
 *
 * @example
 * ```ts
 * import { compose } from '@bcl/datasets';
 * import { createRandom } from '@bcl/random';
 *
 * const augment = compose([{ step: 'flip' }, { step: 'padCrop', padding: 1 }]);
 * JSON.stringify(augment); // => '[{"step":"flip","probability":0.5},{"step":"padCrop","padding":1}]'
 *
 * const images = { data: Uint8Array.of(1, 2, 3, 4), shape: [1, 2, 2, 1] as const };
 * const plan = augment.draw(images.shape, createRandom(3));
 * const again = compose(JSON.parse(JSON.stringify(augment))).draw(images.shape, createRandom(3));
 * augment.apply(images, plan).data.join() === augment.apply(images, again).data.join(); // => true
 * ```
 */
export function compose(steps: readonly AugmentationStep[]): Augmentation {
  return new Augmentation(steps);
}
