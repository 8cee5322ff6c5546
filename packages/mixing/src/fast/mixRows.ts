import type { ByteImages, BytePlan } from './BytePlan.js';

/** How two labels become one: shares of both, the larger one, or both at once. */
export type ByteLabelRule = 'ratio' | 'single' | 'multi';

/** Refuses a rule that there is not. */
export function checkByteLabelRule(label: ByteLabelRule = 'ratio'): void {
  if (label !== 'ratio' && label !== 'single' && label !== 'multi') {
    throw new RangeError(`mixBytes: label must be 'ratio', 'single' or 'multi', got '${label}'`);
  }
}

/** Mixes the label rows of a checked batch. */
export function mixRows(
  { labels }: ByteImages,
  { first, second, ratio }: BytePlan,
  label: ByteLabelRule | undefined,
  classes: number,
  to: Float32Array,
): void {
  to.fill(0);
  for (let i = 0; i < ratio.length; i++) {
    const r = ratio[i] as number;
    const one = i * classes + (labels[first.index[i] as number] as number);
    const two = i * classes + (labels[second.index[i] as number] as number);
    if (label === undefined || label === 'ratio') {
      to[one] = r;
      to[two] = (to[two] as number) + (1 - r);
    } else if (label === 'single') {
      to[r > 0.5 ? one : two] = 1;
    } else {
      to[one] = 1;
      to[two] = 1;
    }
  }
}
