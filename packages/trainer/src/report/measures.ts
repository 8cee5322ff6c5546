import type { Measure } from './PageData.js';
import type { EpochLine } from './readMetrics.js';

/** What the chart of a comparison can show; the first is what it shows at first. */
export const measures: readonly (Measure & {
  value(line: EpochLine): number | null | undefined;
})[] = [
  {
    key: 'testAccuracy',
    title: 'test accuracy',
    percent: true,
    training: false,
    value: ({ testAccuracy }) => percent(testAccuracy),
  },
  {
    key: 'trainAccuracy',
    title: 'training accuracy',
    percent: true,
    training: true,
    value: ({ trainAccuracy }) => percent(trainAccuracy),
  },
  {
    key: 'testLoss',
    title: 'test loss',
    percent: false,
    training: false,
    value: ({ testLoss }) => testLoss,
  },
  {
    key: 'trainLoss',
    title: 'training loss',
    percent: false,
    training: true,
    value: ({ trainLoss }) => trainLoss,
  },
];

function percent(share: number | null | undefined): number | undefined {
  return typeof share === 'number' ? 100 * share : undefined;
}
