import type { ByteImages, BytePlan, ByteViews } from './BytePlan.js';
import type { Passes, Side, Wave, Window } from './Passes.js';

/** Each step of a rule by itself; all off is BC. */
export interface ByteRule {
  /** Takes from each raw image its own mean, over all pixels and channels, before it is normalised. */
  readonly ownMean?: boolean;
  /** Takes from each window the mean that crop and border left. */
  readonly zeroMean?: boolean;
  /** Divides by sqrt(p² + q²). */
  readonly keepEnergy?: boolean;
  /** Mixes by perceived strength: p from r and both standard deviations. */
  readonly balance?: boolean;
}

const RULES: Readonly<Record<'bc' | 'bc+', ByteRule>> = {
  bc: {},
  'bc+': { ownMean: true, keepEnergy: true, balance: true },
};

/** The steps of a rule. */
export function ruleOf(method: MixPairsOptions['method'] = 'bc+'): ByteRule {
  if (typeof method === 'object' && method !== null) return method;
  const rule = Object.hasOwn(RULES, method) ? RULES[method] : undefined;
  if (!rule) {
    throw new RangeError(`mixBytes: method must be 'bc', 'bc+' or a rule's steps, got '${method}'`);
  }
  return rule;
}

/** What decides on images; the rest of `MixBytesOptions` is about labels. */
export interface MixPairsOptions {
  readonly method?: 'bc' | 'bc+' | ByteRule;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** Mixes the images of a checked batch. */
export function mixPairs(
  passes: Passes,
  { images, shape }: ByteImages,
  plan: BytePlan,
  { method, mean, std }: MixPairsOptions,
): void {
  const rule = ruleOf(method);
  const [height, width, channels] = shape;
  const size = height * width * channels;
  const moments: [Moments, Moments] = [newMoments(), newMoments()];
  const wave: Wave & { fill: number } = {
    scale: new Float64Array(channels),
    shift: new Float64Array(channels),
    fill: 0,
  };
  const means = new Float64Array(channels);
  for (let i = 0; i < plan.ratio.length; i++) {
    const windows = [
      windowOf(plan.first, i, plan.padding, height, width),
      windowOf(plan.second, i, plan.padding, height, width),
    ] as const;
    for (const side of SIDES) {
      const { index } = side === 0 ? plan.first : plan.second;
      passes.take(side, images, (index[i] as number) * size);
      measure(passes, side, windows[side], shape, rule, mean, std, means, moments[side]);
    }
    const shares = sharesOf(plan.ratio[i] as number, moments[0].spread, moments[1].spread, rule);
    for (const side of SIDES) {
      const { own, left } = moments[side];
      const share = shares[side];
      for (let c = 0; c < channels; c++) {
        wave.scale[c] = share / (std[c] as number);
        wave.shift[c] = -share * ((own + (mean[c] as number)) / (std[c] as number) + left);
      }
      wave.fill = left === 0 ? 0 : -share * left;
      passes.wave(side, windows[side], wave, i * size);
    }
    passes.put(i * size);
  }
}

const SIDES = [0, 1] as const satisfies readonly Side[];

/** What decides how an image enters a mix. */
interface Moments {
  /** Mean of the raw image, 0 unless the rule takes it. */
  own: number;
  /** Mean of what the window shows, normalised; 0 unless the rule takes it. */
  left: number;
  /** Standard deviation of what the window shows, normalised, zero border included. */
  spread: number;
}

function newMoments(): Moments {
  return { own: 0, left: 0, spread: 0 };
}

/** A spread below this share of the largest mean is float32's noise: the image is flat. */
const FLAT = 2 ** -24;

/**
 * Mean and standard deviation over the pixels of a window from sums of bytes, which are exact. The variance is taken apart: within
 * each channel, between the channels, and against the border of zeros. Each part is a sum of squares, so nothing cancels.
 */
function measure(
  passes: Passes,
  side: Side,
  window: Window,
  [height, width, channels]: readonly [number, number, number],
  { ownMean = false, zeroMean = false, balance = false }: ByteRule,
  mean: readonly number[],
  std: readonly number[],
  means: Float64Array,
  to: Moments,
): void {
  to.own = ownMean ? passes.sum(side) / (height * width * channels) : 0;
  to.left = 0;
  to.spread = 0;
  if (!zeroMean && !balance) return;
  const shown = (window.x1 - window.x0) * (window.y1 - window.y0);
  if (shown === 0) return;
  const sums = passes.windowSums(side, window);
  const pixels = height * width;
  let total = 0;
  let largest = 0;
  let within = 0;
  for (let c = 0; c < channels; c++) {
    const sum = sums[c] as number;
    const deviation = std[c] as number;
    const level = (sum / shown - to.own - (mean[c] as number)) / deviation;
    means[c] = level;
    total += level * shown;
    largest = Math.max(largest, Math.abs(level));
    // shown² times the variance of the channel's bytes, a whole number.
    within += (shown * (sums[channels + c] as number) - sum * sum) / (deviation * deviation);
  }
  const middle = total / (pixels * channels);
  let between = (pixels - shown) * channels * middle * middle;
  for (let c = 0; c < channels; c++) between += shown * ((means[c] as number) - middle) ** 2;
  const spread = Math.sqrt((within / shown + between) / (pixels * channels));
  to.spread = spread > FLAT * largest ? spread : 0;
  if (zeroMean) to.left = middle;
}

/** p and q, both over sqrt(p² + q²) where the rule says so; 0/0 is r. */
function sharesOf(
  r: number,
  spread1: number,
  spread2: number,
  { balance = false, keepEnergy = false }: ByteRule,
): [number, number] {
  let p = r;
  let q = 1 - r;
  if (balance) {
    const part1 = r * spread2;
    const part2 = q * spread1;
    const whole = part1 + part2;
    if (whole > 0) [p, q] = [part1 / whole, part2 / whole];
  }
  const norm = keepEnergy ? Math.sqrt(p * p + q * q) : 1;
  return [p / norm, q / norm];
}

/** Where a window lies and what it shows. */
function windowOf(
  views: ByteViews,
  i: number,
  padding: number,
  height: number,
  width: number,
): Window {
  const flip = Boolean(views.flip[i]);
  const down = (views.top[i] as number) - padding;
  const right = (views.left[i] as number) - padding;
  const y0 = Math.min(height, Math.max(0, down));
  const y1 = Math.max(y0, Math.min(height, height + down));
  const from = Math.min(width, Math.max(0, right));
  const to = Math.max(from, Math.min(width, width + right));
  const [x0, x1] = flip ? [width - to, width - from] : [from, to];
  return { down, right, flip, x0, x1, y0, y1 };
}
