import { escapeHtml } from './escape.js';
import type { Confusion } from './readRun.js';

/** The confusion matrix as a table: a row per true class, shaded by its share of the row. */
export function confusionTable({ classNames, matrix }: Confusion): string {
  const head = classNames
    .map((name) => `<th scope="col"><span>${escapeHtml(name)}</span></th>`)
    .join('');
  const rows = matrix.map((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const cells = row.map((count, answer) => {
      const share = total > 0 ? count / total : 0;
      const kind = truth === answer ? 'right' : 'wrong';
      const title = `${classNames[truth]}, answered ${classNames[answer]}: ${count} of ${total} (${percent(share)})`;
      // The root lets rare mistakes be seen at all.
      const shade = truth === answer ? share : Math.sqrt(share);
      const dark = shade > 0.75 ? ' dark' : '';
      return `<td class="${kind}${dark}" style="--shade:${shade.toFixed(3)}" title="${escapeHtml(title)}">${count === 0 ? '<i>0</i>' : count}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(classNames[truth])}</th>${cells.join('')}</tr>`;
  });
  return `<table class="confusion">
<thead><tr><td><span class="corner">true ↓ &ensp; answer →</span></td>${head}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

/** The mistakes made most often, as a list; empty where there are none. */
export function commonMistakes({ classNames, matrix }: Confusion, most = 5): string {
  const mistakes = matrix.flatMap((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, answer) => ({ truth, answer, count, share: count / total }));
  });
  const items = mistakes
    .filter(({ truth, answer, count }) => truth !== answer && count > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, most)
    .map(
      ({ truth, answer, share }) =>
        `<li><b>${escapeHtml(classNames[truth])}</b> taken for <b>${escapeHtml(classNames[answer])}</b> <span>${percent(share)}</span></li>`,
    );
  if (items.length === 0) return '';
  return `<div><h3>Most common mistakes</h3>\n<ol class="mistakes">${items.join('')}</ol></div>`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
