import { comparisonColumns } from './comparisonColumns.js';
import { duration } from './duration.js';
import { escapeHtml } from './escape.js';
import { lineStyle } from './lineStyle.js';
import type { Trial } from './readTrials.js';
import type { GroupResult } from './summarizeGroup.js';

/** The table of groups: a row a group, with the line that it has in the chart. */
export function groupTable(results: readonly GroupResult[]): string {
  const columns = comparisonColumns(results);
  const head = columns.map(
    ({ key, title }) =>
      `<th scope="col"><button type="button" data-sort="${key}">${title}</button></th>`,
  );
  const rows = results.map((result, index) => {
    const cells = columns.map(({ key, text, order }) => {
      const by = order(result);
      const data = by === undefined ? '' : ` data-order="${escapeHtml(by)}"`;
      const shown = escapeHtml(text(result));
      return key === 'name'
        ? `<th scope="row"${data}><span>${swatch(index)}${shown}</span></th>`
        : `<td${data}>${shown || '–'}</td>`;
    });
    return `<tr data-group="${index}">${cells.join('')}</tr>`;
  });
  return `<table class="side-by-side" id="groups">
<caption class="unseen">Test error of each setting</caption>
<thead><tr>${head.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

/** The table of runs: a row a trial, with its report where there is one. */
export function trialTable(
  results: readonly GroupResult[],
  links: ReadonlyMap<string, string>,
): string {
  const head = ['setting', 'run', 'seed', 'state', 'test error (%)', 'best (%) at epoch', 'time'];
  const rows = results.flatMap(({ group, trials }, index) =>
    trials.map((trial) => {
      const link = links.get(trial.folder);
      const folder = escapeHtml(trial.folder);
      const cells = [
        link === undefined ? folder : `<a href="${escapeHtml(link)}">${folder}</a>`,
        escapeHtml(trial.seed ?? '–'),
        stateText(trial),
        trial.testError?.toFixed(2) ?? '–',
        trial.best ? `${trial.best.testError.toFixed(2)} at ${trial.best.epoch}` : '–',
        duration(trial.seconds) ?? '–',
      ];
      return `<tr data-group="${index}"><th scope="row">${escapeHtml(group.name)}</th>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
    }),
  );
  return `<table class="side-by-side trials">
<thead><tr>${head.map((title) => `<th scope="col">${title}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

function stateText({ state, epoch, epochs }: Trial): string {
  return state === 'under way' ? `epoch ${epoch} of ${epochs ?? '?'}` : state;
}

/** A short piece of a group's line. */
function swatch(group: number): string {
  const { color, dash } = lineStyle(group);
  return `<svg class="swatch" width="32" height="8" aria-hidden="true"><path d="M0 4H32" stroke="var(${color})" stroke-dasharray="${dash.join(' ')}"/></svg>`;
}
