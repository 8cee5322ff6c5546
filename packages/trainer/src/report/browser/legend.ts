import type { ShownLine, View } from '../PageData.js';
import type { BandChart } from './bandChart.js';
import type { ChartKit } from './chartKit.js';

/** The legend under a chart, which tells the values at the cursor. */
export interface Legend {
  /** Lists these lines. */
  show(view: View): void;
  /** Tells the values at an epoch; undefined for each line's last. */
  at(epoch: number | undefined): void;
}

/**
 * Keeps a list as legend, in a page. An entry that is pointed at or has the focus, or whose group's row is pointed
 * at, has its line highlighted; one that is pressed keeps it so.
 *
 * @param heading Says which epoch the values are of.
 * @param swatches Pictures of the lines, one a group, to be copied.
 */
export function legend(
  kit: ChartKit,
  list: HTMLElement,
  heading: HTMLElement,
  swatches: readonly Element[],
  chart: BandChart,
): Legend {
  let percent = false;
  let entries: { line: ShownLine; value: HTMLElement }[] = [];
  let pressed: number | undefined;

  const element = (name: string, className: string, text: string) => {
    const made = document.createElement(name);
    made.className = className;
    made.textContent = text;
    return made;
  };

  function entry(line: ShownLine): HTMLLIElement {
    const { group, name } = line;
    const item = document.createElement('li');
    const button = document.createElement('button');
    button.type = 'button';
    button.ariaPressed = String(pressed === group);
    const value = element('span', 'value', '');
    const swatch = swatches[group]?.cloneNode(true);
    if (swatch) button.append(swatch);
    button.append(element('span', 'name', name), value);
    button.addEventListener('click', () => {
      pressed = pressed === group ? undefined : group;
      for (const other of list.querySelectorAll('button')) {
        other.ariaPressed = String(other === button && pressed !== undefined);
      }
      chart.pin(pressed);
    });
    for (const event of ['pointerenter', 'focus']) {
      button.addEventListener(event, () => chart.highlight(group));
    }
    for (const event of ['pointerleave', 'blur']) {
      button.addEventListener(event, () => chart.highlight(undefined));
    }
    item.append(button);
    entries.push({ line, value });
    return item;
  }

  function at(epoch: number | undefined): void {
    const drawn = entries.some(({ line }) => line.curve.x.length > 0);
    const which = epoch === undefined ? 'After the last epoch of each line:' : `At epoch ${epoch}:`;
    heading.textContent = drawn ? which : '';
    for (const { line, value } of entries) {
      const { x, mean, error, count } = line.curve;
      const index = epoch === undefined ? x.length - 1 : x.indexOf(epoch);
      const all = Math.max(...count);
      const fewer = count[index] === all ? '' : `, ${count[index]} of ${all} trials`;
      value.textContent =
        index < 0
          ? '–'
          : `${kit.mean(mean[index] as number, error[index] ?? null, percent)}${fewer}`;
    }
  }

  return {
    show({ measure, lines }) {
      percent = measure.percent;
      if (pressed !== undefined && !lines.some(({ group }) => group === pressed)) {
        pressed = undefined;
        chart.pin(undefined);
      }
      entries = [];
      list.replaceChildren(...lines.map(entry));
      at(undefined);
    },
    at,
  };
}
