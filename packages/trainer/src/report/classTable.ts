import { escapeHtml } from './escape.js';
import type { Confusion } from './readRun.js';

/**
 * What became of each class, as a table: how many of its images were found, how many of the answers
 * that named it were right, and what it was most often taken for.
 */
export function classTable({ classNames, matrix }: Confusion): string {
  const rows = matrix.map((row, truth) => {
    const found = row[truth] as number;
    const images = sum(row);
    const answers = sum(matrix.map((other) => other[truth] as number));
    const wrong = row.map((count, answer) => (answer === truth ? 0 : count));
    const most = Math.max(...wrong);
    const taken =
      most === 0
        ? '–'
        : `${escapeHtml(classNames[wrong.indexOf(most)])} <span class="soft">${percent(most / images)}</span>`;
    return `<tr><th scope="row">${escapeHtml(classNames[truth])}</th><td>${images}</td>${share(found, images)}${share(found, answers)}<td>${taken}</td></tr>`;
  });
  return `<table class="classes">
<thead><tr><th scope="col">class</th><th scope="col">images</th><th scope="col">found</th><th scope="col">right when named</th><th scope="col">most often taken for</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`;
}

/** A cell with a share and a bar as long. */
function share(part: number, of: number): string {
  if (of === 0) return '<td>–</td>';
  return `<td class="bar" style="--share:${(part / of).toFixed(3)}">${percent(part / of)}</td>`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

function sum(counts: number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
