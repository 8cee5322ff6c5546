import type uPlot from 'uplot';
import type { ShownLine, View } from '../PageData.js';
import type { ChartKit } from './chartKit.js';

/** The chart of a measure: a line a group, in a band of its standard error. */
export interface BandChart {
  /** Shows these lines, with their bands or without. */
  show(view: View, bands: boolean): void;
  /** Lets the others stand back behind a group; undefined for none, or the one that is pinned. */
  highlight(group: number | undefined): void;
  /** Highlights a group while no other is. */
  pin(group: number | undefined): void;
}

/**
 * Draws the chart into a box, in a page. The box is a slider over the epochs, moved by the arrow keys; what follows it
 * is shown while there is nothing to draw.
 *
 * @param onEpoch Told the epoch at the cursor; undefined when there is none.
 */
export function bandChart(
  Plot: typeof uPlot,
  kit: ChartKit,
  box: HTMLElement,
  onEpoch: (epoch: number | undefined) => void,
): BandChart {
  let view: View | undefined;
  let withBands = true;
  let plot: uPlot | undefined;
  let lines: ShownLine[] = [];
  let epochs: number[] = [];
  /** Group of each series, from the second on; the first is x. */
  let owners: number[] = [];
  /** Place of the cursor among the epochs; -1 where there is none. */
  let at = -1;
  let highlighted: number | undefined;
  let pinned: number | undefined;

  function draw(): uPlot[] {
    if (view === undefined) return [];
    const { measure } = view;
    plot = undefined;
    lines = view.lines.filter(({ curve }) => curve.x.length > 0);
    epochs = [...new Set(lines.flatMap(({ curve }) => curve.x))].sort((a, b) => a - b);
    box.hidden = lines.length === 0;
    (box.nextElementSibling as HTMLElement).hidden = lines.length > 0;
    box.setAttribute('aria-label', `Curves of ${measure.title}, by epoch`);
    box.ariaValueMin = String(epochs[0] ?? 0);
    box.ariaValueMax = String(epochs[epochs.length - 1] ?? 0);
    moved(-1);
    if (lines.length === 0) return [];
    const { columns, first, ...content } = series();
    plot = new Plot(
      {
        ...content,
        width: kit.width(box),
        height: box.clientWidth < 700 ? 300 : 420,
        legend: { show: false },
        cursor: {
          drag: { x: true, y: false },
          points: { size: (_, i) => (i < first ? 0 : 7) },
        },
        scales: kit.scales(epochs, measure.percent, epochs.length > 1 ? (epochs[0] ?? 0) : 0),
        axes: kit.axes(`${measure.title}${measure.percent ? ' (%)' : ''}`, false),
        hooks: { setCursor: [({ cursor }) => moved(cursor.idx ?? -1)] },
      },
      columns,
      box,
    );
    fade();
    return [plot];
  }

  /** What uPlot draws: the edges of the bands, then the lines, which begin at series `first`. */
  function series() {
    const place = new Map(epochs.map((epoch, index) => [epoch, index]));
    const columns: [number[], ...(number | null)[][]] = [epochs];
    const list: uPlot.Series[] = [{}];
    const bands: uPlot.Band[] = [];
    owners = [];
    const add = ({ group, curve }: ShownLine, values: number[], options: uPlot.Series) => {
      const column: (number | null)[] = epochs.map(() => null);
      for (const [i, epoch] of curve.x.entries()) {
        column[place.get(epoch) as number] = values[i] as number;
      }
      columns.push(column);
      owners.push(group);
      list.push({ spanGaps: true, ...options });
    };
    for (const line of withBands ? lines : []) {
      const { mean, error } = line.curve;
      for (const side of [1, -1]) {
        const edge = mean.map((y, i) => y + side * (error[i] ?? 0));
        add(line, edge, { width: 0, points: { show: false } });
      }
      bands.push({
        series: [list.length - 2, list.length - 1],
        fill: `color-mix(in srgb, ${kit.color(line.style.color)} 22%, transparent)`,
      });
    }
    const first = list.length;
    for (const line of lines) {
      const stroke = kit.color(line.style.color);
      add(line, line.curve.mean, {
        stroke,
        width: 2,
        dash: [...line.style.dash],
        points: { show: line.curve.x.length === 1, size: 7, fill: stroke },
      });
    }
    return { columns, series: list, bands, first };
  }

  /** Tells of the epoch at the cursor: to who asked, and to a screen reader the first few values. */
  function moved(index: number): void {
    at = index;
    const epoch = epochs[index];
    onEpoch(epoch);
    const percent = view?.measure.percent ?? false;
    const values = lines.slice(0, 6).map(({ name, curve }) => {
      const i = epoch === undefined ? curve.x.length - 1 : curve.x.indexOf(epoch);
      return `${name}: ${kit.text(curve.mean[i], percent)}`;
    });
    const more = lines.length > 6 ? [`${lines.length - 6} more in the table of numbers`] : [];
    const where = epoch === undefined ? 'at the end' : `epoch ${epoch}`;
    box.ariaValueNow = String(epoch ?? epochs[epochs.length - 1] ?? 0);
    box.ariaValueText = [where, ...values, ...more].join('; ');
  }

  /** Lets the lines stand back that are not highlighted. */
  function fade(): void {
    if (plot === undefined) return;
    const front = highlighted ?? pinned;
    const alone = front !== undefined && owners.includes(front);
    for (const [i, owner] of owners.entries()) {
      (plot.series[i + 1] as uPlot.Series).alpha = alone && owner !== front ? 0.15 : 1;
    }
    plot.redraw(false);
  }

  box.addEventListener('keydown', (event) => {
    const last = epochs.length - 1;
    const next = {
      ArrowLeft: at < 0 ? last : Math.max(0, at - 1),
      ArrowRight: at < 0 ? 0 : Math.min(last, at + 1),
      Home: 0,
      End: last,
      Escape: -1,
    }[event.key];
    if (plot === undefined || next === undefined) return;
    event.preventDefault();
    const epoch = epochs[next];
    plot.setCursor(
      epoch === undefined
        ? { left: -10, top: -10 }
        : { left: plot.valToPos(epoch, 'x'), top: plot.over.clientHeight / 2 },
    );
  });

  const again = kit.keepDrawn(draw);
  return {
    show(next, bands) {
      view = next;
      withBands = bands;
      again();
    },
    highlight(group) {
      highlighted = group;
      fade();
    },
    pin(group) {
      pinned = group;
      fade();
    },
  };
}
