import { bandChart } from './browser/bandChart.js';
import { chartKit } from './browser/chartKit.js';
import { comparisonView } from './browser/comparisonView.js';
import { copyButton } from './browser/copyButton.js';
import { facets } from './browser/facets.js';
import { featureChart } from './browser/featureChart.js';
import { featureView } from './browser/featureView.js';
import { legend } from './browser/legend.js';
import { numbersTable } from './browser/numbersTable.js';
import { rowSorter } from './browser/rowSorter.js';
import { type RunChart, runCharts } from './browser/runCharts.js';
import { viewOf } from './browser/viewOf.js';
import { scriptJson, scriptSource } from './escape.js';
import type { FeatureData } from './FeatureData.js';
import type { PageData } from './PageData.js';
import type { Uplot } from './readUplot.js';

/** The scripts of a run's report: data, chart library, and the program that joins them. */
export function runProgram(charts: Readonly<Record<string, RunChart>>, uplot: Uplot): string {
  return scripts('curves', charts, uplot, `(${runCharts})(uPlot, (${chartKit})(), DATA);`);
}

/** The scripts of the page of a comparison. */
export function comparisonProgram(data: PageData, uplot: Uplot): string {
  const parts = { bandChart, copyButton, facets, legend, numbersTable, rowSorter };
  const list = Object.entries(parts).map(([name, part]) => `${name}: ${part},`);
  const program = `(${comparisonView})(uPlot, {
kit: (${chartKit})(),
${list.join('\n')}
}, DATA);`;
  return scripts('comparison', data, uplot, program);
}

/** The scripts of the page of features. */
export function featureProgram(data: FeatureData, uplot: Uplot): string {
  const parts = { featureChart, rowSorter, viewOf };
  const list = Object.entries(parts).map(([name, part]) => `${name}: ${part},`);
  const program = `(${featureView})(uPlot, {
kit: (${chartKit})(),
${list.join('\n')}
}, DATA);`;
  return scripts('features', data, uplot, program);
}

/** @param program Its text, in which DATA stands for the data. */
function scripts(id: string, data: unknown, uplot: Uplot, program: string): string {
  const parsed = `JSON.parse(document.getElementById('${id}').textContent)`;
  return `<script type="application/json" id="${id}">${scriptJson(data)}</script>
<script>${scriptSource(uplot.script)}</script>
<script>${scriptSource(program.replace(/DATA(?=\);$)/, () => parsed))}</script>`;
}
