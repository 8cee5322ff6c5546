import type uPlot from 'uplot';

// The functions of this folder run in a page. A page is one file, so they are written into it as text: each may use
// its own arguments and what a browser has, and nothing else of its module; what it imports are types.

/** What all charts of our pages share. */
export interface ChartKit {
  /** A custom property of the style sheet, as it is now, in light or dark. */
  color(name: string): string;
  /** A value as text: a percentage with its sign, or a number of four digits. */
  text(value: number | null | undefined, percent: boolean): string;
  /** A mean as text, with its standard error where it has one. */
  mean(mean: number, standardError: number | null, percent: boolean): string;
  /** Width for a chart in a box, in CSS pixels. */
  width(box: HTMLElement): number;
  /** Axis of epochs, with marks at parts of an epoch too where `parts` says so, and axis of values. */
  axes(label: string, parts: boolean): uPlot.Axis[];
  /** Epochs from `start` to the last one and values from 0 up, with some room, until the reader looks closer. */
  scales(x: readonly number[], percent: boolean, start: number): uPlot.Scales;
  /**
   * Draws now, and anew when light turns to dark or the page is printed; keeps the charts as wide as their boxes.
   *
   * @returns Draws anew.
   */
  keepDrawn(draw: () => uPlot[]): () => void;
}

/** Makes the kit. */
export function chartKit(): ChartKit {
  const root = document.documentElement;
  const color = (name: string) => getComputedStyle(root).getPropertyValue(name).trim();
  const width = (box: HTMLElement) => Math.max(240, box.clientWidth);
  const font = '12px system-ui, sans-serif';
  return {
    color,
    width,
    text(value, percent) {
      if (value == null) return '–';
      return percent ? `${value.toFixed(2)} %` : String(+value.toPrecision(4));
    },
    mean(mean, standardError, percent) {
      const digits = percent ? 2 : 3;
      const spread = standardError === null ? '' : ` ± ${standardError.toFixed(digits)}`;
      return `${mean.toFixed(digits)}${spread}${percent ? ' %' : ''}`;
    },
    axes(label, parts) {
      const axis = {
        stroke: color('--soft'),
        font,
        labelFont: font,
        labelSize: 18,
        labelGap: 0,
        grid: { stroke: color('--line'), width: 1 },
        ticks: { stroke: color('--line'), width: 1 },
      };
      const whole = [1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000];
      const incrs = parts ? [0.1, 0.2, 0.5, ...whole] : whole;
      return [
        { ...axis, label: 'epoch', size: 34, incrs },
        { ...axis, label, size: 46 },
      ];
    },
    scales(x, percent, start) {
      const first = x[0] ?? 0;
      const last = x[x.length - 1] || 1;
      return {
        x: {
          time: false,
          range: (_, low, high) =>
            low <= first && high >= last
              ? [start, last]
              : [Math.max(0, low), Math.max(high, low + 0.01)],
        },
        y: {
          range: (_, low, high) => {
            if (low == null) return [0, 1];
            const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
            return [Math.max(0, low - room), percent ? Math.min(100, high + room) : high + room];
          },
        },
      };
    },
    keepDrawn(draw) {
      let plots = draw();
      const box = (plot: uPlot) => plot.root.parentElement as HTMLElement;
      const again = () => {
        for (const plot of plots) plot.destroy();
        plots = draw();
      };
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
      for (const [event, printing] of [
        ['beforeprint', true],
        ['afterprint', false],
      ] as const) {
        addEventListener(event, () => {
          root.classList.toggle('printing', printing);
          again();
        });
      }
      new ResizeObserver(() => {
        for (const plot of plots) {
          if (plot.width !== width(box(plot))) {
            plot.setSize({ width: width(box(plot)), height: plot.height });
          }
        }
      }).observe(document.querySelector('main') as HTMLElement);
      return again;
    },
  };
}
