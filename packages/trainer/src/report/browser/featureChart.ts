import type uPlot from 'uplot';
import type { FeatureData, ShownSet } from '../FeatureData.js';
import type { ChartKit } from './chartKit.js';
import type { Viewpoint } from './viewOf.js';

/** A cloud of points, as it is seen. */
export interface FeatureChart {
  plot: uPlot;
  /** Looks from elsewhere; classes that are not in front stand back, unless none is. */
  show(view: Viewpoint, front: ReadonlySet<number>): void;
}

/**
 * Draws the points of a model into a box, in a page: a mark a point, the name of each class at its mean.
 *
 * @param under Told what the pointer is on.
 */
export function featureChart(
  Plot: typeof uPlot,
  kit: ChartKit,
  box: HTMLElement,
  under: HTMLElement,
  set: ShownSet,
  { classNames, marks }: FeatureData,
): FeatureChart {
  const count = set.labels.length;
  const nothing = under.textContent;
  let view: Viewpoint = { across: [1, 0, 0], up: [0, 1, 0], near: [0, 0, 1] };
  let front: ReadonlySet<number> = new Set();
  const edge = set.reach * 1.08 || 1;
  const font = '12px system-ui, sans-serif';

  const along = (values: readonly number[], from: number, direction: readonly number[]) =>
    [0, 1, 2].reduce((sum, k) => sum + (values[from + k] as number) * (direction[k] as number), 0);
  /** Place on the canvas, or in the page for the pointer. */
  const placeOf = (u: uPlot, values: readonly number[], from: number, canvas: boolean) =>
    [
      u.valToPos(along(values, from, view.across), 'x', canvas),
      u.valToPos(along(values, from, view.up), 'y', canvas),
    ] as const;

  function draw(u: uPlot): void {
    const { ctx } = u;
    const ratio = devicePixelRatio;
    const size = (count > 800 ? 3 : 4) * ratio;
    const ahead = (i: number) => front.size === 0 || front.has(set.labels[i] as number);
    const depths = set.labels.map(
      (_, i) => along(set.points, 3 * i, view.near) + (ahead(i) ? 4 * edge : 0),
    );
    const order = set.labels.map((_, i) => i);
    order.sort((a, b) => (depths[a] as number) - (depths[b] as number));
    const colors = marks.map(({ color }) => kit.color(color));
    const card = kit.color('--card');
    ctx.save();
    ctx.lineWidth = 0.75 * ratio;
    ctx.strokeStyle = card;
    for (const i of order) {
      const label = set.labels[i] as number;
      const { corners } = marks[label] as FeatureData['marks'][number];
      const [x, y] = placeOf(u, set.points, 3 * i, true);
      ctx.globalAlpha = ahead(i) ? 0.85 : 0.1;
      ctx.fillStyle = colors[label] as string;
      ctx.beginPath();
      for (let k = 0; k < corners.length; k += 2) {
        ctx.lineTo(x + size * (corners[k] as number), y + size * (corners[k + 1] as number));
      }
      ctx.closePath();
      ctx.fill();
      ctx.stroke();
    }
    ctx.globalAlpha = 1;
    ctx.font = `600 ${12 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.lineJoin = 'round';
    ctx.lineWidth = 3 * ratio;
    const taken: { x: number; y: number; half: number }[] = [];
    for (const { id, at } of set.means) {
      if (front.size > 0 && !front.has(id)) continue;
      const name = classNames[id] as string;
      const [x, y] = placeOf(u, at, 0, true);
      const half = ctx.measureText(name).width / 2;
      const covers = (other: (typeof taken)[number]) =>
        Math.abs(other.x - x) < other.half + half && Math.abs(other.y - y) < 14 * ratio;
      if (taken.some(covers)) continue;
      taken.push({ x, y, half });
      ctx.strokeStyle = card;
      ctx.strokeText(name, x, y);
      ctx.fillStyle = kit.color('--ink');
      ctx.fillText(name, x, y);
    }
    ctx.restore();
  }

  const axis: uPlot.Axis = {
    stroke: kit.color('--soft'),
    font,
    labelFont: font,
    labelSize: 18,
    labelGap: 0,
    grid: { stroke: kit.color('--line'), width: 1 },
    ticks: { stroke: kit.color('--line'), width: 1 },
  };
  const range = (_: uPlot, low: number, high: number): uPlot.Range.MinMax => [low, high];
  /** Both ends of an axis: those that hold the points however they are turned. */
  const ends = (direction: readonly number[]) => {
    const at = along(set.middle, 0, direction);
    return { min: at - edge, max: at + edge };
  };
  const side = Math.min(kit.width(box), 560);
  const plot = new Plot(
    {
      width: side,
      height: side,
      legend: { show: false },
      cursor: { x: false, y: false, points: { show: false }, drag: { x: false, y: false } },
      scales: { x: { time: false, range }, y: { range } },
      axes: [
        { ...axis, label: 'component 1', size: 34 },
        { ...axis, label: 'component 2', size: 46 },
      ],
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: { draw: [draw] },
    },
    [view.across, view.up].map((axis) => Object.values(ends(axis))) as [number[], number[]],
    box,
  );

  plot.over.addEventListener('pointermove', (event) => {
    const { left, top } = plot.over.getBoundingClientRect();
    const pointer = [event.clientX - left, event.clientY - top];
    let nearest = -1;
    let least = 12;
    for (let i = 0; i < count; i++) {
      const [x, y] = placeOf(plot, set.points, 3 * i, false);
      const far = Math.hypot(x - (pointer[0] as number), y - (pointer[1] as number));
      if (far < least) [nearest, least] = [i, far];
    }
    const [label, said] = [set.labels[nearest], set.said[nearest]];
    under.textContent =
      label === undefined || said === undefined
        ? nothing
        : `image ${nearest}: ${classNames[label]}${said === label ? '' : `, taken for ${classNames[said]}`}`;
  });
  plot.over.addEventListener('pointerleave', () => {
    under.textContent = nothing;
  });

  return {
    plot,
    show(next, ahead) {
      view = next;
      front = ahead;
      const flat = view.near[2] === 1;
      for (const [i, name] of ['component 1', 'component 2'].entries()) {
        (plot.axes[i] as uPlot.Axis).label = flat ? name : i === 0 ? 'across' : 'up';
      }
      plot.batch(() => {
        plot.setScale('x', ends(view.across));
        plot.setScale('y', ends(view.up));
        // Also where the ends stay as they are, and only the classes in front are others.
        plot.redraw(false);
      });
    },
  };
}
