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

/** The columns, the more telling first: a narrow screen shows these without scrolling. */
export const comparisonColumns: readonly Column[] = [
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
  {
    key: 'published',
    title: 'published (%)',
    text: ({ group: { published } }) =>
      published ? plusMinus(published.error, published.standardError) : '',
    order: ({ group }) => group.published?.error,
  },
  {
    key: 'difference',
    title: 'difference',
    text: ({ difference }) => (difference === undefined ? '' : signed(difference)),
    order: ({ difference }) => difference,
  },
  {
    key: 'trials',
    title: 'trials',
    text: ({ done, trials }) =>
      done === trials.length ? `${done}` : `${done} of ${trials.length}`,
    order: ({ done }) => done,
  },
  {
    key: 'best',
    title: 'best error (%)',
    text: ({ best }) =>
      best === undefined ? '' : `${best.testError.toFixed(2)}, epoch ${range(best.epochs)}`,
    order: ({ best }) => best?.testError,
  },
  {
    key: 'epochs',
    title: 'epochs',
    text: ({ epochs }) => (epochs === undefined ? '' : range(epochs)),
    order: ({ epochs }) => epochs?.[1],
  },
  {
    key: 'seconds',
    title: 'time a trial',
    text: ({ seconds }) => duration(seconds ?? 0) ?? '',
    order: ({ seconds }) => seconds,
  },
];

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
