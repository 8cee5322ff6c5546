import type uPlot from 'uplot';
import type { Curves } from '../curves.js';
import type { ChartKit } from './chartKit.js';

/** One chart of a run, by the name that its box has in `data-chart`. */
export interface RunChart {
  label: string;
  percent: boolean;
  curves: Curves;
}

/** Draws the curves of one run, in a page: training by step and by epoch, and test. */
export function runCharts(
  Plot: typeof uPlot,
  kit: ChartKit,
  charts: Readonly<Record<string, RunChart>>,
): void {
  function draw(box: HTMLElement, { label, percent, curves }: RunChart): uPlot {
    const value = (_: uPlot, y: number | null) => kit.text(y, percent);
    const line = (label: string, color: string, more: uPlot.Series): uPlot.Series => ({
      label,
      stroke: kit.color(color),
      width: 2,
      spanGaps: true,
      value,
      ...more,
    });
    const show = curves.train.filter((y) => y !== null).length <= 60;
    const scale = (column: (number | null)[]) =>
      column.map((y) => (percent && y !== null ? 100 * y : y));
    return new Plot(
      {
        width: kit.width(box),
        height: 300,
        cursor: { points: { size: 7 }, drag: { x: true, y: false } },
        scales: kit.scales(curves.x, percent, 0),
        axes: kit.axes(`${label}${percent ? ' (%)' : ''}`, true),
        series: [
          { label: 'epoch', value: (_, x) => (x == null ? '–' : String(+x.toFixed(2))) },
          line('training, by step', '--train-soft', { width: 1, points: { show: false } }),
          line('training', '--train', { points: { show, size: 6, fill: kit.color('--train') } }),
          line('test', '--test', {
            width: 2.5,
            points: { show, size: 7, fill: kit.color('--test') },
          }),
        ],
      },
      [curves.x, scale(curves.steps), scale(curves.train), scale(curves.test)],
      box,
    );
  }

  kit.keepDrawn(() =>
    [...document.querySelectorAll<HTMLElement>('[data-chart]')].map((box) =>
      draw(box, charts[box.dataset.chart as string] as RunChart),
    ),
  );
}
