import type uPlot from 'uplot';
import type { FeatureData } from '../FeatureData.js';
import type { ChartKit } from './chartKit.js';
import type { FeatureChart, featureChart } from './featureChart.js';
import type { rowSorter } from './rowSorter.js';
import type { viewOf } from './viewOf.js';

/** The parts that the page of features is made of. */
export interface FeatureParts {
  kit: ChartKit;
  featureChart: typeof featureChart;
  rowSorter: typeof rowSorter;
  viewOf: typeof viewOf;
}

/**
 * Brings the page of features to life. What is shown stands behind the `#` of its address: `turn` and `tilt` in degrees,
 * `class` for each one in front, `sort` for the order of the pairs.
 */
export function featureView(Plot: typeof uPlot, parts: FeatureParts, data: FeatureData): void {
  const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
  const [turn, tilt] = [find<HTMLInputElement>('turn'), find<HTMLInputElement>('tilt')];
  const buttons = [...document.querySelectorAll<HTMLButtonElement>('button[data-class]')];
  const boxes = [...document.querySelectorAll<HTMLElement>('[data-set]')];
  const front = new Set<number>();
  const classOf = (button: HTMLButtonElement) => Number(button.dataset.class);
  let charts: FeatureChart[] = [];

  document.documentElement.classList.add('scripted');
  const sorter = parts.rowSorter(find<HTMLTableElement>('pairs'), changed);

  function show(): void {
    for (const slider of [turn, tilt]) {
      const text = `${slider.value}°`;
      slider.ariaValueText = `${slider.value} degrees`;
      (slider.nextElementSibling as HTMLElement).textContent = text;
    }
    for (const button of buttons) button.ariaPressed = String(front.has(classOf(button)));
    const view = parts.viewOf(Number(turn.value), Number(tilt.value));
    for (const chart of charts) chart.show(view, front);
  }

  function changed(): void {
    show();
    const hash = new URLSearchParams();
    if (turn.value !== '0') hash.set('turn', turn.value);
    if (tilt.value !== '0') hash.set('tilt', tilt.value);
    for (const id of front) hash.append('class', data.classNames[id] as string);
    if (sorter.order() !== '') hash.set('sort', sorter.order());
    const [page] = location.href.split('#');
    history.replaceState(null, '', `${hash}` === '' ? page : `#${hash}`);
  }

  function restore(): void {
    const hash = new URLSearchParams(location.hash.slice(1));
    turn.value = hash.get('turn') ?? '0';
    tilt.value = hash.get('tilt') ?? '0';
    front.clear();
    for (const name of hash.getAll('class')) {
      const id = data.classNames.indexOf(name);
      if (id >= 0) front.add(id);
    }
    sorter.sort(hash.get('sort') ?? '');
    show();
  }

  parts.kit.keepDrawn(() => {
    charts = boxes.map((box) => {
      const under = box.nextElementSibling as HTMLElement;
      const set = data.sets[Number(box.dataset.set)] as FeatureData['sets'][number];
      return parts.featureChart(Plot, parts.kit, box, under, set, data);
    });
    show();
    return charts.map(({ plot }) => plot);
  });
  for (const slider of [turn, tilt]) slider.addEventListener('input', changed);
  find('flat').addEventListener('click', () => {
    turn.value = '0';
    tilt.value = '0';
    changed();
  });
  for (const button of buttons) {
    button.addEventListener('click', () => {
      const id = classOf(button);
      if (!front.delete(id)) front.add(id);
      changed();
    });
  }
  for (const box of boxes) {
    let from: { x: number; y: number; turn: number; tilt: number } | undefined;
    box.addEventListener('pointerdown', ({ clientX: x, clientY: y, pointerId }) => {
      from = { x, y, turn: Number(turn.value), tilt: Number(tilt.value) };
      box.setPointerCapture(pointerId);
    });
    box.addEventListener('pointermove', ({ clientX, clientY }) => {
      if (from === undefined) return;
      const turned = from.turn + (clientX - from.x) / 2;
      turn.value = String(((((turned + 180) % 360) + 360) % 360) - 180);
      tilt.value = String(from.tilt + (clientY - from.y) / 2);
      changed();
    });
    for (const event of ['pointerup', 'pointercancel'] as const) {
      box.addEventListener(event, () => {
        from = undefined;
      });
    }
  }
  addEventListener('hashchange', restore);
  restore();
}
