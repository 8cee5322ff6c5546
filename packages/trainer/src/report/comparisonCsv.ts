import type { TableText } from './PageData.js';
import type { GroupResult } from './summarizeGroup.js';

/**
 * The table of a comparison as CSV (RFC 4180, with `\n` between lines): a row a group, its settings in columns of
 * their own, numbers to eight digits and errors in percent. Cells are empty where there is nothing yet.
 *
 * @param results What `readComparison` gave.
 */
export function comparisonCsv(results: readonly GroupResult[]): string {
  const { head, rows } = csvParts(results);
  return `${head}${rows.join('')}`;
}

/** The same in parts, each of whole lines. */
export function csvParts(results: readonly GroupResult[]): TableText {
  const settings = [...new Set(results.flatMap(({ group }) => Object.keys(group.settings)))];
  const columns: [string, (result: GroupResult) => string | number | undefined][] = [
    ['name', ({ group }) => group.name],
    ...settings.map((name): (typeof columns)[number] => [
      name,
      ({ group }) => group.settings[name],
    ]),
    ['trials', ({ trials }) => trials.length],
    ['trials done', ({ done }) => done],
    ['test error', ({ testError }) => testError?.mean],
    ['standard error', ({ testError }) => testError?.standardError],
    ['trials counted', ({ testError }) => testError?.count],
    ['published error', ({ group }) => group.published?.error],
    ['published standard error', ({ group }) => group.published?.standardError],
    ['published in', ({ group }) => group.published?.source],
    ['difference', ({ difference }) => difference],
    ['best test error', ({ best }) => best?.testError],
    ['epochs', ({ epochs }) => epochs?.[1]],
    ['seconds a trial', ({ seconds }) => seconds],
  ];
  const line = (cells: (string | number | undefined)[]) => `${cells.map(csvCell).join(',')}\n`;
  return {
    head: line(columns.map(([title]) => title)),
    rows: results.map((result) => line(columns.map(([, value]) => value(result)))),
    foot: '',
  };
}

function csvCell(value: string | number | undefined): string {
  const text = String(typeof value === 'number' ? Number(value.toPrecision(8)) : (value ?? ''));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
