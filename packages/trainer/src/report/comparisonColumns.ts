import { duration } from './duration.js';
import type { GroupResult } from './summarizeGroup.js';

/** A column of the table of groups, as the page and the Markdown table show it. */
export interface Column {
  key: string;
  title: string;
  /** Text of a cell; empty where there is nothing to say yet. */
  text(result: GroupResult): string;
  /** What the column is sorted by; undefined comes last. */
  order(result: GroupResult): number | string | undefined;
}

/**
 * The columns for these groups, the more telling first: a narrow screen shows them without scrolling.
 * Where nothing was published there are no columns of it.
 */
export function comparisonColumns(results: readonly GroupResult[]): Column[] {
  const sources = publishedSources(results);
  const published: Column[] = [
    {
      key: 'published',
      title: 'published (%)',
      text: ({ group: { published } }) =>
        published
          ? `${plusMinus(published.error, published.standardError)}${sourceMark(sources, published.source)}`
          : '',
      order: ({ group }) => group.published?.error,
    },
    {
      key: 'difference',
      title: 'difference',
      text: ({ difference }) => (difference === undefined ? '' : signed(difference)),
      order: ({ difference }) => difference,
    },
  ];
  return [
    {
      key: 'name',
      title: 'setting',
      text: ({ group }) => group.name,
      order: ({ group }) => group.name,
    },
    {
      key: 'testError',
      title: 'test error (%)',
      text: ({ testError, final }) =>
        testError === undefined
          ? ''
          : `${plusMinus(testError.mean, testError.standardError)}${final ? '' : ' so far'}`,
      order: ({ testError }) => testError?.mean,
    },
    ...(sources.length > 0 ? published : []),
    {
      key: 'trials',
      title: 'trials done',
      text: ({ done, trials }) =>
        done === trials.length ? `${done}` : `${done} of ${trials.length}`,
      order: ({ done }) => done,
    },
    {
      key: 'best',
      title: 'best (%) at epoch',
      text: ({ best }) =>
        best === undefined ? '' : `${best.testError.toFixed(2)} at ${range(best.epochs)}`,
      order: ({ best }) => best?.testError,
    },
    {
      key: 'epochs',
      title: 'epochs',
      text: ({ epochs, planned, final }) =>
        epochs === undefined
          ? ''
          : `${range(epochs)}${final || planned === undefined ? '' : ` of ${planned}`}`,
      order: ({ epochs }) => epochs?.[1],
    },
    {
      key: 'seconds',
      title: 'time a trial',
      text: ({ seconds }) => duration(seconds ?? 0) ?? '',
      order: ({ seconds }) => seconds,
    },
  ];
}

/** Where the published errors stand, each once. */
export function publishedSources(results: readonly GroupResult[]): string[] {
  return [...new Set(results.flatMap(({ group }) => group.published?.source ?? []))];
}

/** A small number that tells sources apart; nothing where there is one alone. */
export function sourceMark(sources: readonly string[], source: string): string {
  if (sources.length < 2) return '';
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  return String(sources.indexOf(source) + 1).replace(
    /\d/g,
    (digit) => digits[Number(digit)] as string,
  );
}

function plusMinus(mean: number, standardError: number | undefined): string {
  const spread = standardError === undefined ? '' : ` ± ${standardError.toFixed(2)}`;
  return `${mean.toFixed(2)}${spread}`;
}

/** A difference with its sign; a minus as long as the plus. */
function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  if (Number(text) === 0) return text;
  return `${value > 0 ? '+' : '−'}${text}`;
}

function range([first, last]: readonly [number, number]): string {
  return first === last ? `${first}` : `${first}–${last}`;
}
