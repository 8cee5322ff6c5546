import type { SeededRandom } from '@bcl/random';
import type { Change, View } from './change.js';
import type { ImageBatchShape, ImageSize } from './images.js';
import type { AugmentationStep, StepName, StepPlan } from './Step.js';
import { type Stage, type StepRule, stepRules } from './stepRules.js';
import { wholeView } from './views.js';

/** What an augmentation drew for a batch. */
export interface AugmentationPlan {
  /** Of the batch that it is for. */
  readonly shape: ImageBatchShape;
  /** What each step drew. */
  readonly steps: readonly StepPlan[];
}

/** What is known about a step, with the types of its settings and plan left open. */
export function ruleOf(step: StepName): StepRule<never> {
  return stepRules[step] as unknown as StepRule<never>;
}

/** Which images a step is for. */
export function stageOf({ step, ...settings }: AugmentationStep): Stage {
  const { stage } = ruleOf(step);
  return typeof stage === 'function' ? stage(settings as never) : stage;
}

/** The size that images of a size have after some steps. */
export function sizeAfter(steps: readonly AugmentationStep[], size: ImageSize): ImageSize {
  return steps.reduce(
    (now, { step, ...settings }) => ruleOf(step).resized?.(settings as never, now) ?? now,
    size,
  );
}

/**
 * Draws a plan for a batch. Every step has a stream of its own, named for what it draws; of two that draw the same, the later has a
 * number behind the name.
 */
export function drawSteps(
  steps: readonly AugmentationStep[],
  shape: ImageBatchShape,
  random: SeededRandom | undefined,
): AugmentationPlan {
  const used = new Map<string, number>();
  const [count, height, width, channels] = shape;
  let size: ImageSize = [height, width];
  const plans = steps.map((each) => {
    const { step, ...settings } = each;
    const { stream, draw } = ruleOf(step);
    const drawn = draw(
      settings as never,
      [count, ...size, channels],
      stream === undefined ? noChance : streamOf(random, stream, used),
    );
    size = sizeAfter([each], size);
    return { step, ...(drawn as object) } as StepPlan;
  });
  return { shape, steps: plans };
}

function streamOf(
  random: SeededRandom | undefined,
  name: string,
  used: Map<string, number>,
): SeededRandom {
  if (typeof random?.stream !== 'function') {
    throw new TypeError('draw: random must come from createRandom(seed): each step has its stream');
  }
  const times = (used.get(name) ?? 0) + 1;
  used.set(name, times);
  return random.stream(times === 1 ? name : `${name} ${times}`);
}

function noChance(): number {
  throw new Error('this step draws nothing');
}

/** What the plans of some steps do to a batch; neighbouring steps that only move pixels are one move. */
export function changesOf(plans: readonly StepPlan[], shape: ImageBatchShape): Change[] {
  const [count, , , channels] = shape;
  const changes: Change[] = [];
  let views: View[] | undefined;
  let size: ImageSize = [shape[1], shape[2]];
  for (const { step, ...drawn } of plans) {
    const { view, change } = ruleOf(step);
    if (view) {
      views ??= Array.from({ length: count }, (_, b) => wholeView(b, size[0], size[1]));
      views = views.map((before) => view(drawn as never, before));
      size = [views[0]?.height ?? size[0], views[0]?.width ?? size[1]];
      continue;
    }
    if (views) changes.push({ kind: 'move', views });
    views = undefined;
    const made = change?.(drawn as never, [count, ...size, channels]);
    if (!made) continue;
    if (made.kind === 'resample') size = made.size;
    changes.push(made);
  }
  if (views) changes.push({ kind: 'move', views });
  return changes;
}
