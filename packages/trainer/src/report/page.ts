import { basename } from 'node:path';
import { classTable } from './classTable.js';
import { commonMistakes, confusionTable } from './confusionTable.js';
import { curves } from './curves.js';
import { duration } from './duration.js';
import { escapeHtml } from './escape.js';
import { factList, htmlDocument } from './htmlDocument.js';
import { runProgram } from './programs.js';
import type { EpochLine } from './readMetrics.js';
import type { Run } from './readRun.js';
import type { Uplot } from './readUplot.js';
import { reportStyle } from './reportStyle.js';
import { settingsTable } from './settingsTable.js';
import { style } from './style.js';

/** The whole report as one HTML page that asks for nothing from outside. */
export function page(run: Run, uplot: Uplot): string {
  const { versions, version: _format, ...settings } = run.config;
  const score = scoreOf(run);
  const title = titleOf(run.config);
  const tested = score === undefined ? 'not tested yet' : `${percent(score.accuracy)} %`;
  const body = `<main>
<header>
<h1>${escapeHtml(title)}</h1>
${headline(run, score)}
${facts(run)}
</header>
${charts(run)}
${samples(run)}
${confusion(run)}
<section aria-labelledby="settings">
<h2 id="settings">Settings</h2>
<div class="columns">
${settingsTable(settings, 'The run')}
${versions && typeof versions === 'object' ? settingsTable(versions as Record<string, unknown>, 'Versions') : ''}
</div>
</section>
<footer>Written by @bcl/trainer. Drag in a chart to look closer, click twice to come back.</footer>
</main>
${program(run, uplot)}`;
  return htmlDocument({
    title: `${tested} · ${title}`,
    style: `${uplot.style}${style}${reportStyle}`,
    body,
  });
}

interface Score {
  accuracy: number;
  epoch: number;
  best?: { accuracy: number; epoch: number };
}

/** Test accuracy of the last epoch that was tested, and of the best one where that is another. */
function scoreOf({ epochs }: Run): Score | undefined {
  const tested = epochs.filter((line) => typeof line.testAccuracy === 'number');
  const last = tested.at(-1);
  if (last === undefined) return undefined;
  const best = tested.reduce((a, b) => ((b.testAccuracy ?? 0) > (a.testAccuracy ?? 0) ? b : a));
  return {
    accuracy: last.testAccuracy ?? 0,
    epoch: last.epoch,
    ...(best.epoch === last.epoch
      ? {}
      : { best: { accuracy: best.testAccuracy ?? 0, epoch: best.epoch } }),
  };
}

const methods: Record<string, string> = {
  standard: 'standard learning',
  bc: 'between-class learning (BC)',
  'bc+': 'between-class learning (BC+)',
};

function titleOf(config: Record<string, unknown>): string {
  const method = methods[String(config.method)] ?? config.method;
  return `${nameOf(config.model)} on ${basename(nameOf(config.data))}, ${method ?? 'unknown method'}`;
}

/** A setting that is a name, or an object with one. */
function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value ?? 'unknown');
  const { name, source } = value as { name?: unknown; source?: unknown };
  return String(name ?? source ?? 'unknown');
}

function headline(run: Run, score: Score | undefined): string {
  if (score === undefined) {
    return `<p class="score"><small>not tested yet</small></p>
<p class="soft">A test accuracy appears here after the first epoch that is tested.</p>`;
  }
  const planned = (run.config.training as { epochs?: number } | undefined)?.epochs;
  const epochs = planned && planned !== score.epoch ? `${score.epoch} of ${planned}` : score.epoch;
  const plural = score.epoch === 1 && epochs === 1 ? 'epoch' : 'epochs';
  const best = score.best
    ? ` The best was ${percent(score.best.accuracy)} %, after epoch ${score.best.epoch}.`
    : '';
  return `<p class="score">${percent(score.accuracy)}<small> %</small></p>
<p class="soft">test accuracy after ${epochs} ${plural}.${best}</p>`;
}

function facts({ config, steps, epochs, confusion: counts }: Run): string {
  const share = (value: number | null | undefined) =>
    value == null ? undefined : `${percent(value)} %`;
  const last = epochs.at(-1);
  return factList([
    ['test loss', last?.testLoss == null ? undefined : last.testLoss.toPrecision(3)],
    ['top 5', counts && counts.classNames.length > 5 ? share(last?.testTop5) : undefined],
    ['calibration error', share(last?.testCalibrationError)],
    ['training loss', last?.trainLoss == null ? undefined : last.trainLoss.toPrecision(3)],
    ['training time', duration(epochs.reduce((sum, line) => sum + (line.seconds ?? 0), 0))],
    ['speed', speed(steps.map((line) => line.imagesPerSecond))],
    ['backend', backend(config)],
    ['seed', config.seed === undefined ? undefined : String(config.seed)],
  ]);
}

function backend({ backend: name, threads }: Record<string, unknown>): string | undefined {
  if (name === undefined) return undefined;
  const count = Number(threads);
  return count > 0 ? `${nameOf(name)}, ${count} thread${count === 1 ? '' : 's'}` : nameOf(name);
}

function speed(values: number[]): string | undefined {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  return median === undefined ? undefined : `${Number(median.toPrecision(3))} images/s`;
}

function charts({ config, steps, epochs }: Run): string {
  if (steps.length + epochs.length === 0) {
    return '<section><h2>Curves</h2><p class="soft">No step has been written yet.</p></section>';
  }
  const last = epochs.at(-1);
  const mixed =
    config.method === 'standard' || config.method === undefined
      ? ''
      : '<p class="soft">Training examples are mixes of two classes and test examples are not: compare each curve with itself, not training with test.</p>';
  const chart = (name: string, heading: string, spoken: string) =>
    `<figure><figcaption>${heading}</figcaption><div data-chart="${name}" role="img" aria-label="${escapeHtml(spoken)}"></div></figure>`;
  const ends = (train: number | undefined, test: number | null | undefined) =>
    last === undefined
      ? 'during the first epoch'
      : `over ${last.epoch} epochs, at the end ${train?.toPrecision(3)} in training and ${test?.toPrecision(3) ?? 'not measured'} in test`;
  return `<section aria-labelledby="curves-title">
<h2 id="curves-title">Curves</h2>
${mixed}
<div class="charts">
${chart('accuracy', 'Accuracy', `Line chart of accuracy ${ends(last?.trainAccuracy, last?.testAccuracy)}.`)}
${chart('loss', 'Loss', `Line chart of loss ${ends(last?.trainLoss, last?.testLoss)}.`)}
</div>
<noscript><p>The curves are drawn by a script; the table below holds the same numbers.</p></noscript>
${epochs.length > 0 ? epochTable(epochs) : ''}
</section>`;
}

function epochTable(epochs: EpochLine[]): string {
  const cell = (text: string) => `<td>${text}</td>`;
  const share = (value: number | null | undefined) =>
    cell(value == null ? '–' : `${percent(value)} %`);
  const number = (value: number | null | undefined) =>
    cell(value == null ? '–' : String(Number(value.toPrecision(4))));
  const rows = epochs.map(
    (line) =>
      `<tr><th scope="row">${escapeHtml(line.epoch)}</th>${number(line.trainLoss)}${share(line.trainAccuracy)}${number(line.testLoss)}${share(line.testAccuracy)}${number(line.learningRate)}${number(line.seconds)}</tr>`,
  );
  return `<details><summary>Every epoch in numbers</summary>
<div class="scroll"><table class="epochs">
<thead><tr>${['epoch', 'training loss', 'training accuracy', 'test loss', 'test accuracy', 'learning rate', 'seconds'].map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div></details>`;
}

function samples({ samples: png, config }: Run): string {
  if (png === undefined) return '';
  return `<section aria-labelledby="samples">
<h2 id="samples">Mixed samples</h2>
<figure class="samples"><div class="scroll"><img src="data:image/png;base64,${png.toString('base64')}" alt="${escapeHtml(`Sheet of training examples mixed by ${config.method ?? 'the method of this run'}: for each, the two images, the ratio, the mix and its label.`)}"></div></figure>
</section>`;
}

function confusion({ confusion: counts }: Run): string {
  if (counts === undefined) return '';
  return `<section aria-labelledby="confusion">
<h2 id="confusion">Confusion matrix</h2>
<p class="soft">Rows are the true classes, columns the answers. Colour grows with the share of the row.</p>
<div class="beside">
<div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix">
${confusionTable(counts)}
</div>
${commonMistakes(counts)}
</div>
<h3 id="classes">Class by class</h3>
<div class="scroll" tabindex="0" role="region" aria-labelledby="classes">
${classTable(counts)}
</div>
</section>`;
}

/** The chart library, its data and the program that joins them; nothing where there is no data. */
function program({ steps, epochs }: Run, uplot: Uplot): string {
  if (steps.length + epochs.length === 0) return '';
  const charts = {
    accuracy: {
      label: 'accuracy',
      percent: true,
      curves: curves(steps, epochs, {
        step: (line) => line.accuracy,
        train: (line) => line.trainAccuracy,
        test: (line) => line.testAccuracy,
      }),
    },
    loss: {
      label: 'loss',
      percent: false,
      curves: curves(steps, epochs, {
        step: (line) => line.loss,
        train: (line) => line.trainLoss,
        test: (line) => line.testLoss,
      }),
    },
  };
  return runProgram(charts, uplot);
}

function percent(share: number): string {
  return (100 * share).toFixed(2);
}
