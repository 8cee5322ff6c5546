import type { Comparison } from './Comparison.js';
import { publishedSources } from './comparisonColumns.js';
import { csvParts } from './comparisonCsv.js';
import { markdownParts, sourcesText } from './comparisonMarkdown.js';
import { comparisonStyle } from './comparisonStyle.js';
import { duration } from './duration.js';
import { escapeHtml } from './escape.js';
import { filterForm } from './filterForm.js';
import { groupCurve } from './groupCurve.js';
import { groupTable, trialTable } from './groupTables.js';
import { factList, htmlDocument } from './htmlDocument.js';
import { lineStyle } from './lineStyle.js';
import { measures } from './measures.js';
import type { PageData } from './PageData.js';
import { comparisonProgram } from './programs.js';
import type { Uplot } from './readUplot.js';
import { style } from './style.js';
import type { GroupResult } from './summarizeGroup.js';

/**
 * A comparison as one HTML page that asks for nothing from outside.
 *
 * @param links Addresses of the runs' reports, by run folder.
 */
export function comparisonPage(
  comparison: Comparison,
  results: readonly GroupResult[],
  links: ReadonlyMap<string, string>,
  uplot: Uplot,
): string {
  const body = `<main class="comparison">
${header(comparison, results)}
<div class="sides">
${filterForm(comparison.groups)}
<div class="results">
${tables(results)}
${curves()}
${trials(results, links)}
</div>
</div>
<footer>Written by @bcl/trainer. The address of this page keeps what is filtered, sorted and drawn.</footer>
</main>
${comparisonProgram(pageData(results), uplot)}`;
  return htmlDocument({
    title: comparison.title,
    style: `${uplot.style}${style}${comparisonStyle}`,
    body,
  });
}

function header(
  { title, notes = [], command }: Comparison,
  results: readonly GroupResult[],
): string {
  const trials = results.flatMap(({ trials }) => trials);
  const done = trials.filter(({ state }) => state === 'done').length;
  const underWay = trials.filter(({ state }) => state === 'under way').length;
  const seconds = trials.reduce((sum, { seconds }) => sum + seconds, 0);
  return `<header>
<h1>${escapeHtml(title)}</h1>
${notes.map((note) => `<p>${escapeHtml(note)}</p>`).join('\n')}
${command === undefined ? '' : `<p class="soft">Made by <code>${escapeHtml(command)}</code></p>`}
${factList([
  ['settings', String(results.length)],
  ['trials done', done === trials.length ? String(done) : `${done} of ${trials.length}`],
  ['under way', underWay > 0 ? String(underWay) : undefined],
  ['training time in all', duration(seconds)],
])}
</header>`;
}

function tables(results: readonly GroupResult[]): string {
  const sources = publishedSources(results);
  const waiting = results.some(({ final, testError }) => testError && !final);
  return `<section aria-labelledby="table-title">
<div class="bar">
<h2 id="table-title">Test error</h2>
<p id="status" class="soft" role="status"></p>
<div class="buttons scripted">
<button type="button" id="copy-markdown">Copy as Markdown</button>
<button type="button" id="copy-csv">Copy as CSV</button>
</div>
</div>
<p id="copied" class="soft" role="status"></p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of test errors">
${groupTable(results)}
</div>
<p id="nothing" hidden>No setting has all that is checked.</p>
<p class="soft">Test error after the last epoch: mean ± standard error over the trials that are done.${waiting ? ' Where none is done yet it is of those under way, <em>so far</em>.' : ''} The best error was chosen with the test set itself, so it flatters.${sources.length > 0 ? ` The difference is ours less the published error, in points of percent. ${escapeHtml(sourcesText(sources))}` : ''}</p>
</section>`;
}

function curves(): string {
  const radios = measures.map(
    ({ key, title }, index) =>
      `<label><input type="radio" name="curve" value="${key}"${index === 0 ? ' checked' : ''}> <span>${title}</span></label>`,
  );
  return `<section aria-labelledby="curves-title">
<h2 id="curves-title">Curves</h2>
<noscript><p>The curves, the filters and the order of the rows need a script; the tables do not.</p></noscript>
<div class="scripted">
<div class="bar">
<fieldset class="choice"><legend class="unseen">Curves of</legend>${radios.join('')}</fieldset>
<label class="soft"><input type="checkbox" id="bands" checked> bands of ± standard error</label>
</div>
<div id="chart" role="slider" tabindex="0" aria-label="Curves" aria-valuenow="0"></div>
<p id="no-curves" class="soft" hidden>No epoch of these settings has been measured yet.</p>
<p id="mixed" class="soft" hidden>Where the method mixes, training examples are mixes and test examples are not: compare training with training alone.</p>
<p id="epoch" class="soft"></p>
<ul id="legend"></ul>
<details id="numbers"><summary>The curves in numbers</summary>
<div class="scroll" tabindex="0" role="region" aria-label="The curves in numbers"><table class="epochs"></table></div>
</details>
</div>
</section>`;
}

function trials(results: readonly GroupResult[], links: ReadonlyMap<string, string>): string {
  if (results.every(({ trials }) => trials.length === 0)) return '';
  return `<section>
<details id="trials"><summary>Each trial</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Each trial">
${trialTable(results, links)}
</div>
</details>
</section>`;
}

function pageData(results: readonly GroupResult[]): PageData {
  return {
    groups: results.map(({ group: { name, settings }, trials }, index) => ({
      name,
      settings,
      style: lineStyle(index),
      curves: Object.fromEntries(
        measures.map(({ key, value }) => [key, groupCurve(trials, value)]),
      ),
    })),
    measures: measures.map(({ value: _, ...measure }) => measure),
    markdown: markdownParts(results),
    csv: csvParts(results),
  };
}
