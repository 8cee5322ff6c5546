import type { Comparison } from './Comparison.js';
import { comparisonColumns } from './comparisonColumns.js';
import { escapeHtml } from './escape.js';
import { style } from './style.js';
import type { GroupResult } from './summarizeGroup.js';

/** A comparison as one HTML page that asks for nothing from outside. */
export function comparisonPage(comparison: Comparison, results: readonly GroupResult[]): string {
  const { title, notes = [], command } = comparison;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>${escapeHtml(title)}</h1>
${notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('\n')}
${command === undefined ? '' : `<p class="soft">Made by <code>${escapeHtml(command)}</code></p>`}
</header>
${table(results)}
</main>
</body>
</html>
`;
}

function table(results: readonly GroupResult[]): string {
  const rows = results.map((result) => {
    const [name, ...cells] = comparisonColumns.map((column) => escapeHtml(column.text(result)));
    return `<tr><th scope="row">${name}</th>${cells.map((text) => `<td>${text || '–'}</td>`).join('')}</tr>`;
  });
  return `<div class="scroll"><table class="epochs">
<thead><tr>${comparisonColumns.map(({ title }) => `<th scope="col">${title}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`;
}
