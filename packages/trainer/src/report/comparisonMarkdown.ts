import { comparisonColumns } from './comparisonColumns.js';
import type { GroupResult } from './summarizeGroup.js';

/** A Markdown table taken apart, so that some of its rows can be left out or put in another order. */
interface MarkdownParts {
  head: string;
  /** One line a group. */
  rows: string[];
  /** Where the published errors stand; empty where there are none. */
  foot: string;
}

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
export function markdownParts(results: readonly GroupResult[]): MarkdownParts {
  const sources = [...new Set(results.flatMap(({ group }) => group.published?.source ?? []))];
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  return {
    head:
      line(comparisonColumns.map(({ title }) => title)) +
      line(comparisonColumns.map(({ key }) => (key === 'name' ? '---' : '---:'))),
    rows: results.map((result) =>
      line(comparisonColumns.map((column) => escapeCell(column.text(result)))),
    ),
    foot: sources.length === 0 ? '' : `\nPublished: ${sources.join('; ')}.\n`,
  };
}

function escapeCell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\|]/g, '\\$&');
}
