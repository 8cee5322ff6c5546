import { comparisonColumns, publishedSources, sourceMark } from './comparisonColumns.js';
import type { TableText } from './PageData.js';
import type { GroupResult } from './summarizeGroup.js';

/**
 * The table of a comparison in Markdown: a row a group, with the sources of what was published below.
 *
 * @param results What `readComparison` gave.
 */
export function comparisonMarkdown(results: readonly GroupResult[]): string {
  const { head, rows, foot } = markdownParts(results);
  return `${head}${rows.join('')}${foot}`;
}

/** The same in parts, each of whole lines. */
export function markdownParts(results: readonly GroupResult[]): TableText {
  const columns = comparisonColumns(results);
  const sources = publishedSources(results);
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  return {
    head:
      line(columns.map(({ title }) => title)) +
      line(columns.map(({ key }) => (key === 'name' ? '---' : '---:'))),
    rows: results.map((result) => line(columns.map((column) => escapeCell(column.text(result))))),
    foot: sources.length === 0 ? '' : `\n${sourcesText(sources)}\n`,
  };
}

/** `Published: ¹ a paper, Table 1; ² another.` */
export function sourcesText(sources: readonly string[]): string {
  const each = sources.map((source) => `${sourceMark(sources, source)} ${source}`.trim());
  return `Published: ${each.join('; ')}.`;
}

function escapeCell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|]/g, '\\$&');
}
