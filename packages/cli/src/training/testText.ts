import type { TestResult } from '@bcl/trainer';
import { percent } from '../format.js';

/** So many classes are all shown; of more, those found least. */
const MOST_CLASSES = 20;

/** The numbers of a test, line by line. */
export function testText(result: TestResult, classNames: readonly string[]): string[] {
  const { accuracy, top5, loss, nll, calibrationError, soft } = result;
  const lines = [`accuracy: ${percent(accuracy)}`];
  if (classNames.length > 5) lines.push(`top 5: ${percent(top5)}`);
  lines.push(`loss: ${loss.toFixed(4)}`);
  // On clean images they are one number for a loss on softmax.
  if (nll.toFixed(4) !== loss.toFixed(4)) lines.push(`negative log likelihood: ${nll.toFixed(4)}`);
  lines.push(`calibration error: ${percent(calibrationError)}`);
  if (soft) {
    const { nll: crossEntropy, entropy } = soft;
    lines.push(
      `cross-entropy against soft labels: ${crossEntropy.toFixed(4)} (their own entropy: ${entropy.toFixed(4)})`,
      `calibration error against them: ${percent(soft.calibrationError)}`,
    );
  }
  return lines;
}

/** What became of each class, as a table. */
export function classText({ confusion, perClass }: TestResult, names: readonly string[]): string[] {
  const rows = confusion
    .map((row, truth) => ({ row, truth, found: perClass[truth] }))
    .filter(({ found }) => found !== null);
  const all = rows.length <= MOST_CLASSES;
  if (!all) {
    rows.sort((a, b) => (a.found as number) - (b.found as number));
    rows.length = MOST_CLASSES / 2;
  }
  const cells = rows.map(({ row, truth, found }) => [
    names[truth] as string,
    String(row.reduce((sum, count) => sum + count, 0)),
    percent(found as number, 1),
    takenFor(row, truth, names),
  ]);
  const title = all ? 'class' : `the ${cells.length} classes found least`;
  return table([[title, 'images', 'found', 'most often taken for'], ...cells]);
}

function takenFor(row: number[], truth: number, names: readonly string[]): string {
  const wrong = row.map((count, answer) => (answer === truth ? 0 : count));
  const most = Math.max(...wrong);
  if (most === 0) return '';
  const images = row.reduce((sum, count) => sum + count, 0);
  return `${names[wrong.indexOf(most)]} ${percent(most / images, 1)}`;
}

/** Columns of one width; the numbers, which are those in the middle, at its right. */
function table(rows: string[][]): string[] {
  const widths = (rows[0] as string[]).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] as number;
        const number = column > 0 && column < row.length - 1;
        return number ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('   ')
      .trimEnd(),
  );
}
