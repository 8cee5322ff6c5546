import type { ModelSummary } from '@bcl/models';
import { count, invocation } from '../format.js';
import { papers } from './papers.js';
import { bytes, metric, shapeText } from './quantities.js';
import { tableText } from './tableText.js';

/** The networks as a table. */
export function listText(
  networks: readonly { name: string; summary: ModelSummary }[],
  classes: number,
): string {
  const rows = networks.map(({ name, summary }) => [
    name,
    count(summary.parameters),
    bytes(4 * (summary.parameters + summary.statistics)),
    metric(summary.multiplyAdds),
    shapeText(summary.inputShape),
    papers[name] ?? '',
  ]);
  const head = ['name', 'parameters', 'weights', 'multiply-adds', 'input', 'from'];
  return `${tableText(head, rows, 'lrrrll')}

With ${classes} classes; multiply-adds are those of one example forward. More of one:
  ${invocation()} models summary ${networks[0]?.name ?? ''}
  ${invocation()} models draw ${networks[0]?.name ?? ''}`;
}
