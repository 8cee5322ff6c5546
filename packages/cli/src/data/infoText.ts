import type { Dataset, Split } from '@bcl/datasets';
import { count as grouped, percent } from '../format.js';

/** Longest bar, characters. */
const BAR = 30;

/** What there is to say of a data set, line by line. */
export function infoText(
  dataset: Dataset,
  split: Split,
  { mean, std }: { readonly mean: readonly number[]; readonly std: readonly number[] },
): string[] {
  const { name, labels, softLabels, shape, classNames } = dataset;
  const counts = new Array<number>(classNames.length).fill(0);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  const most = Math.max(...counts);
  const least = Math.min(...counts);
  const numbers = (values: readonly number[]) => values.map((x) => x.toFixed(1)).join('  ');
  const width = Math.max(...classNames.map((className) => className.length));
  const digits = grouped(most).length;
  return [
    `${name}, to ${split} on: ${grouped(labels.length)} images of ${shape.join(' × ')} in ${classNames.length} classes`,
    `mean of each channel       ${numbers(mean)}`,
    `standard deviation         ${numbers(std)}`,
    `images of a class          ${most === least ? grouped(most) : `${grouped(least)} to ${grouped(most)}`}`,
    ...(softLabels ? [`soft labels                ${softText(dataset, softLabels)}`] : []),
    '',
    ...classNames.map((className, k) => {
      const n = counts[k] as number;
      const bar = '█'.repeat(Math.round((BAR * n) / most));
      return `${className.padEnd(width)}  ${grouped(n).padStart(digits)}  ${bar}`.trimEnd();
    }),
  ];
}

/** How often the largest share of a soft label is that of the class. */
function softText({ labels, classNames }: Dataset, rows: Float32Array): string {
  const classes = classNames.length;
  let agreed = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = rows.subarray(i * classes, (i + 1) * classes);
    if (row[labels[i] as number] === Math.max(...row)) agreed++;
  }
  return `the largest share is that of the class in ${percent(agreed / labels.length, 1)}`;
}
