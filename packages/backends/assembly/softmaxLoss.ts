/**
 * Losses of softmax against soft rows, with their gradient: `BclSoftmaxLoss`, documented beside its TypeScript half. The sums of a row
 * are taken in float32, in four lanes.
 */
import { expOfNegative, logOfPositive } from './elementary';
import { F32, loadPart, QUAD, storePart } from './simd';

/** How far below the largest a logit counts, so that losses stay finite. */
const FURTHEST: f32 = -1e30;

/** The smallest normal float32: below it t log t is 0. */
const SMALLEST_NORMAL: f32 = 1.17549435e-38;

/**
 * Σ t (log t − log softmax(y)) of each row, or without log t, and softmax(y) Σt − t.
 *
 * @param labels t, `[rows, classes]`.
 * @param logits y, `[rows, classes]`.
 * @param loss `[rows]`, overwritten.
 * @param gradient `[rows, classes]`, overwritten.
 * @param entropy Whether log t is there.
 */
export function softmaxLoss(
  labels: usize, logits: usize, loss: usize, gradient: usize, rows: i32, classes: i32, entropy: i32,
): void {
  const step = <usize>classes << 2;
  for (let row = 0; row < rows; row++) {
    const top = f32x4.splat(largest(logits, classes));
    let exponentials = f32x4.splat(0), targets = f32x4.splat(0);
    for (let c = 0; c < classes; c += 4) {
      const at = <usize>c << 2, left = classes - c;
      const e = v128.and(expOfNegative(fromTop(loadPart(logits + at, left), top)), firstLanes(left));
      storePart(gradient + at, e, left);
      exponentials = f32x4.add(exponentials, e);
      targets = f32x4.add(targets, loadPart(labels + at, left));
    }
    const sum = total(exponentials);
    const logSum = logOfPositive(f32x4.splat(sum));
    const scale = f32x4.splat(total(targets) / sum);
    let losses = f32x4.splat(0);
    for (let c = 0; c < classes; c += 4) {
      const at = <usize>c << 2, left = classes - c;
      const t = loadPart(labels + at, left);
      const logP = f32x4.sub(fromTop(loadPart(logits + at, left), top), logSum);
      let share = f32x4.neg(logP);
      if (entropy) {
        const positive = f32x4.ge(t, f32x4.splat(SMALLEST_NORMAL));
        if (v128.any_true(positive)) share = f32x4.sub(v128.and(logOfPositive(t), positive), logP);
      }
      losses = f32x4.add(losses, f32x4.mul(t, share));
      storePart(gradient + at, f32x4.sub(f32x4.mul(loadPart(gradient + at, left), scale), t), left);
    }
    store<f32>(loss, total(losses));
    labels += step;
    logits += step;
    gradient += step;
    loss += F32;
  }
}

/** The largest of a row; NaN where there is one. */
// @ts-ignore: decorator
@inline
function largest(x: usize, count: i32): f32 {
  let most = f32x4.splat(-Infinity);
  let c = 0;
  for (; c + 4 <= count; c += 4) {
    most = f32x4.max(most, v128.load(x));
    x += QUAD;
  }
  most = f32x4.max(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
  let one = max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1));
  for (; c < count; c++) {
    one = max(one, load<f32>(x));
    x += F32;
  }
  return one;
}

/** Logits less the largest, no further below than counts; NaN stays NaN. */
// @ts-ignore: decorator
@inline
function fromTop(y: v128, top: v128): v128 {
  const d = f32x4.sub(y, top);
  const furthest = f32x4.splat(FURTHEST);
  return v128.bitselect(furthest, d, f32x4.lt(d, furthest));
}

/** All bits of the first `count` lanes. */
// @ts-ignore: decorator
@inline
function firstLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

// @ts-ignore: decorator
@inline
function total(x: v128): f32 {
  const halves = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1);
}
