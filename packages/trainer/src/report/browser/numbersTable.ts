import type { View } from '../PageData.js';
import type { ChartKit } from './chartKit.js';

/** A table of the numbers that the chart shows. */
export interface NumbersTable {
  show(view: View): void;
}

/** Keeps such a table in a `details` element, in a page: a row an epoch, a column a group. It is made when it is opened. */
export function numbersTable(kit: ChartKit, details: HTMLDetailsElement): NumbersTable {
  const table = details.querySelector('table') as HTMLTableElement;
  let view: View | undefined;

  const cell = (text: string, scope?: string) => {
    const made = document.createElement(scope ? 'th' : 'td');
    if (scope) made.setAttribute('scope', scope);
    made.textContent = text;
    return made;
  };

  function fill(): void {
    if (!details.open || view === undefined) return;
    const { measure } = view;
    const lines = view.lines.filter(({ curve }) => curve.x.length > 0);
    const epochs = [...new Set(lines.flatMap(({ curve }) => curve.x))].sort((a, b) => a - b);
    const caption = table.createCaption();
    caption.textContent = `${measure.title}, mean ± standard error over trials`;
    const head = document.createElement('thead');
    head.insertRow().append(cell('epoch', 'col'), ...lines.map(({ name }) => cell(name, 'col')));
    const body = document.createElement('tbody');
    for (const epoch of epochs) {
      body.insertRow().append(
        cell(String(epoch), 'row'),
        ...lines.map(({ curve }) => {
          const index = curve.x.indexOf(epoch);
          const mean = curve.mean[index];
          return cell(
            mean === undefined ? '–' : kit.mean(mean, curve.error[index] ?? null, measure.percent),
          );
        }),
      );
    }
    table.replaceChildren(caption, head, body);
  }

  details.addEventListener('toggle', fill);
  return {
    show(next) {
      view = next;
      fill();
    },
  };
}
