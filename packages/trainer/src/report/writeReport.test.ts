import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeReport } from './writeReport.js';

/** One red pixel. */
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';

const config = {
  version: 1,
  createdAt: '2025-01-02T03:04:05.000Z',
  data: 'embedded',
  model: 'convnet',
  method: 'bc+',
  label: 'ratio',
  training: { epochs: 3, batchSize: 64, learningRate: 0.02, schedule: 'cosine', augment: true },
  seed: 7,
  backend: 'wasm',
  threads: 2,
  versions: { node: '20.19.0', '@tensorflow/tfjs-core': '4.22.0' },
};

const step = (epoch: number, step: number, loss: number, accuracy = 0.5) => ({
  type: 'step',
  epoch,
  step,
  loss,
  accuracy,
  learningRate: 0.02,
  imagesPerSecond: 40,
});

const epoch = (epoch: number, testAccuracy: number | undefined, trainLoss = 1) => ({
  type: 'epoch',
  epoch,
  trainLoss,
  trainAccuracy: 0.5,
  testLoss: 1.25,
  testAccuracy,
  seconds: 61,
  learningRate: 0.01,
});

const metrics = [
  step(1, 10, 2.25),
  step(1, 20, 2),
  epoch(1, 0.4),
  step(2, 30, 1.5),
  step(2, 40, 1.25),
  epoch(2, 0.9321),
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bcl-report-'));
});
afterEach(() => rm(folder, { recursive: true }));

const jsonLines = (lines: unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** Writes the files of a run, all of them unless told otherwise; undefined leaves one out. */
async function writeRun(files: Record<string, string | Buffer | undefined> = {}): Promise<void> {
  const all = {
    'config.json': JSON.stringify(config),
    'metrics.jsonl': jsonLines(metrics),
    'confusion.json': JSON.stringify({
      classNames: ['cat', 'dog'],
      matrix: [
        [45, 5],
        [30, 20],
      ],
    }),
    'samples.png': Buffer.from(png, 'base64'),
    ...files,
  };
  for (const [name, content] of Object.entries(all)) {
    if (content !== undefined) await writeFile(join(folder, name), content);
  }
}

async function report(): Promise<string> {
  return readFile(await writeReport(folder), 'utf8');
}

/** What the page's script reads. */
function curvesOf(html: string) {
  const json = html.match(/<script type="application\/json" id="curves">(.*?)<\/script>/s)?.[1];
  return JSON.parse(json as string);
}

describe('writeReport', () => {
  test('writes report.html, returns its path and leaves nothing else behind', async () => {
    await writeRun();
    expect(await writeReport(folder)).toBe(join(folder, 'report.html'));
    expect((await readdir(folder)).sort()).toEqual([
      'config.json',
      'confusion.json',
      'metrics.jsonl',
      'report.html',
      'samples.png',
    ]);
  });

  test('shows the last test accuracy in the heading and in the title', async () => {
    await writeRun();
    const html = await report();
    expect(html).toContain('<p class="score">93.21<small> %</small></p>');
    expect(html).toMatch(/<title>93\.21 % · convnet on embedded, between-class learning \(BC\+\)</);
    expect(html).toContain('after 2 of 3 epochs.');
    expect(html).not.toContain('The best was');
  });

  test('names a file of data without its folder in the heading, and whole in the settings', async () => {
    await writeRun({
      'config.json': JSON.stringify({ ...config, data: '/far/away/cifar.tar.gz' }),
    });
    const html = await report();
    expect(html).toContain('<h1>convnet on cifar.tar.gz, between-class');
    expect(html).toContain('<td>/far/away/cifar.tar.gz</td>');
  });

  test('shows settings that are objects, such as data with a limit, by name and in full', async () => {
    const data = { source: '/far/away/cifar.tar.gz', limit: 5000 };
    const written = { ...config, data, model: { name: 'convnet' } };
    await writeRun({ 'config.json': JSON.stringify(written) });
    const html = await report();
    expect(html).toContain('<h1>convnet on cifar.tar.gz, between-class');
    expect(html).toContain('<tr><th scope="row">data: limit</th><td>5000</td></tr>');
  });

  test('names the best epoch when the last is not it', async () => {
    await writeRun({ 'metrics.jsonl': jsonLines([...metrics, epoch(3, 0.91)]) });
    expect(await report()).toContain('The best was 93.21 %, after epoch 2.');
  });

  test('puts steps at their place between the epochs', async () => {
    await writeRun();
    const { loss, accuracy } = curvesOf(await report());
    expect(loss.curves).toEqual({
      x: [0.5, 1, 1.5, 2],
      steps: [2.25, 2, 1.5, 1.25],
      train: [null, 1, null, 1],
      test: [null, 1.25, null, 1.25],
    });
    expect(accuracy.curves.test).toEqual([null, 0.4, null, 0.9321]);
  });

  test('takes the later line where a resumed run wrote a step or an epoch twice', async () => {
    await writeRun({
      'metrics.jsonl': jsonLines([...metrics, step(2, 30, 9), step(2, 40, 8), epoch(2, 0.5, 7)]),
    });
    const { loss } = curvesOf(await report());
    expect(loss.curves.steps).toEqual([2.25, 2, 9, 8]);
    expect(loss.curves.train).toEqual([null, 1, null, 7]);
  });

  test('shows every cell of the confusion matrix with its share of the row', async () => {
    await writeRun();
    const html = await report();
    expect(html).toContain('<th scope="row">cat</th>');
    expect(html).toContain('title="cat, answered cat: 45 of 50 (90 %)">45<');
    expect(html).toContain('style="--shade:0.775" title="dog, answered cat: 30 of 50 (60 %)">30<');
    expect(html).toContain('<b>dog</b> taken for <b>cat</b> <span>60 %</span>');
  });

  test('shows what became of each class', async () => {
    await writeRun();
    const html = await report();
    expect(html).toContain(
      '<tr><th scope="row">cat</th><td>50</td><td class="bar" style="--share:0.900">90.0 %</td><td class="bar" style="--share:0.600">60.0 %</td><td>dog <span class="soft">10.0 %</span></td></tr>',
    );
    expect(html).toContain(
      '<th scope="row">dog</th><td>50</td><td class="bar" style="--share:0.400"',
    );
  });

  test('shows calibration, and the top five where there are more classes', async () => {
    const tested = { ...epoch(1, 0.5), testTop5: 0.875, testCalibrationError: 0.0625 };
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const matrix = names.map((_, i) => names.map((_, j) => Number(i === j)));
    await writeRun({ 'metrics.jsonl': jsonLines([tested]) });
    const few = await report();
    expect(few).toContain('<dt>calibration error</dt><dd>6.25 %</dd>');
    expect(few).not.toContain('top 5');
    await writeRun({
      'metrics.jsonl': jsonLines([tested]),
      'confusion.json': JSON.stringify({ classNames: names, matrix }),
    });
    expect(await report()).toContain('<dt>top 5</dt><dd>87.50 %</dd>');
  });

  test('shows settings and versions', async () => {
    await writeRun();
    const html = await report();
    expect(html).toContain('<tr><th scope="row">training: batch size</th><td>64</td></tr>');
    expect(html).toContain('<tr><th scope="row">training: augment</th><td>yes</td></tr>');
    expect(html).toContain('<tr><th scope="row">@tensorflow/tfjs-core</th><td>4.22.0</td></tr>');
  });

  test('asks for nothing outside the page', async () => {
    await writeRun();
    const html = (await report()).replace(/<script>[\s\S]*?<\/script>/g, '');
    expect(html).toContain(`src="data:image/png;base64,${png}"`);
    expect(html).not.toMatch(/\b(src|href)="(?!data:)/);
    expect(html).not.toMatch(/https?:|url\(|@import/);
    expect(html).toContain(`content="default-src 'none';`);
  });

  test('holds the chart library', async () => {
    await writeRun();
    expect(await report()).toContain('var uPlot=function()');
  });

  test('shows names from files as text, never as markup', async () => {
    const evil = '<!--<script>alert(1)</script><img src=x onerror="alert(\'2\')">';
    await writeRun({
      'config.json': JSON.stringify({
        ...config,
        data: evil,
        model: evil,
        versions: { [evil]: evil },
      }),
      'confusion.json': JSON.stringify({
        classNames: [evil, 'b'],
        matrix: [
          [1, 2],
          [3, 4],
        ],
      }),
      'metrics.jsonl': jsonLines([{ ...step(1, 1, 1), note: evil }, epoch(1, 0.5)]),
    });
    const html = await report();
    expect(html).not.toContain('alert(1)</script>');
    expect(html).not.toContain('<img src=x');
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;2&#39;)&quot;&gt;');
  });

  test('is a page before the first step, and without pictures or matrix', async () => {
    await writeRun({
      'metrics.jsonl': undefined,
      'confusion.json': undefined,
      'samples.png': undefined,
    });
    const html = await report();
    expect(html).toContain('not tested yet');
    expect(html).toContain('No step has been written yet.');
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<img');
    expect(html).not.toContain('Confusion matrix');
  });

  test('leaves out the test where no epoch was tested', async () => {
    await writeRun({ 'metrics.jsonl': jsonLines([step(1, 1, 2), epoch(1, undefined)]) });
    const html = await report();
    expect(html).toContain('not tested yet');
    expect(curvesOf(html).accuracy.curves.test).toEqual([null]);
  });

  test('skips half a line at the end, as a killed run leaves it', async () => {
    await writeRun({ 'metrics.jsonl': `${jsonLines(metrics)}{"type":"step","epo` });
    expect(await report()).toContain('93.21');
  });

  test('replaces an older report', async () => {
    await writeRun({ 'report.html': 'old' });
    expect((await report()).startsWith('<!doctype html>')).toBe(true);
  });

  test('says which folder holds no run', async () => {
    await expect(writeReport(folder)).rejects.toThrow(
      `writeReport: a run folder holds config.json, found none in ${folder}; is this the folder that a training run wrote?`,
    );
  });

  test('says which line of a file is broken, and keeps the old report', async () => {
    await writeRun({ 'metrics.jsonl': `{"type":\n${jsonLines(metrics)}`, 'report.html': 'old' });
    await expect(writeReport(folder)).rejects.toThrow(
      /^writeReport: metrics\.jsonl, line 1 must be JSON: /,
    );
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toBe('old');
  });

  test('refuses a confusion matrix that does not fit its classes', async () => {
    await writeRun({ 'confusion.json': '{"classNames":["a","b"],"matrix":[[1,2]]}' });
    await expect(writeReport(folder)).rejects.toThrow(
      'writeReport: confusion.json must hold one row and one column for each of its 2 classNames, got 1 rows',
    );
  });
});
