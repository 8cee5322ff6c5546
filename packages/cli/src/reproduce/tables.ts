import { join } from 'node:path';
import {
  type Comparison,
  comparisonCsv,
  comparisonMarkdown,
  readComparison,
  writeComparison,
} from '@bcl/trainer';
import { writeBeside } from '../writeBeside.js';
import { runFolder } from './grid.js';
import { cutsText, type Plan } from './plan.js';

/** The table as Markdown and CSV, and the page. */
export async function writeTables(
  plan: Plan,
  folder: string,
): Promise<{ markdown: string; table: string; csv: string; page: string }> {
  const comparison = comparisonOf(plan, folder);
  const results = await readComparison(comparison);
  const markdown = comparisonMarkdown(results);
  const head = [`# ${comparison.title}`, ...(comparison.notes ?? [])];
  const files = {
    table: join(folder, 'table.md'),
    csv: join(folder, 'table.csv'),
    page: join(folder, 'index.html'),
  };
  await writeBeside(files.table, `${head.join('\n\n')}\n\n${markdown}`);
  await writeBeside(files.csv, comparisonCsv(results));
  await writeComparison(files.page, comparison);
  return { markdown, ...files };
}

function comparisonOf(plan: Plan, folder: string): Comparison {
  const { experiment, cells, trials } = plan;
  const cuts = cutsText(plan);
  return {
    title: experiment.title,
    notes: [...(cuts.length > 0 ? [`Cut down: ${cuts.join(', ')}.`] : []), ...experiment.notes],
    groups: cells.map((cell) => ({
      name: Object.values(cell.settings).join(', '),
      settings: cell.settings,
      runs: Array.from({ length: trials }, (_, i) => runFolder(folder, { cell, trial: i + 1 })),
      ...(cell.published ? { published: cell.published } : {}),
    })),
    command: `bcl reproduce ${experiment.name}`,
  };
}
