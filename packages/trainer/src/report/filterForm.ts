import type { ComparisonGroup } from './Comparison.js';
import { escapeHtml } from './escape.js';

/** A check box for each value of each setting that sets groups apart; empty where none does. */
export function filterForm(groups: readonly ComparisonGroup[]): string {
  const names = [...new Set(groups.flatMap(({ settings }) => Object.keys(settings)))];
  const fields = names.flatMap((name) => {
    const values = [...new Set(groups.map(({ settings }) => settings[name] ?? ''))];
    if (values.length < 2) return [];
    const boxes = values.map((value) => {
      const count = groups.filter(({ settings }) => (settings[name] ?? '') === value).length;
      return `<label><input type="checkbox" name="${escapeHtml(name)}" value="${escapeHtml(value)}"> <span>${escapeHtml(value || 'none')}</span> <span class="count">(${count})</span></label>`;
    });
    return [`<fieldset><legend>${escapeHtml(name)}</legend>\n${boxes.join('\n')}\n</fieldset>`];
  });
  return `<form id="filters" class="filters scripted" role="search" aria-label="Filter settings">
${fields.join('\n')}
<button type="button" id="all" hidden>Show all</button>
</form>`;
}
