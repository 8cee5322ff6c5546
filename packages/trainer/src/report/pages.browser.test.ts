import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import puppeteer from 'puppeteer-core';
import { chromium } from '../../../../test-support/chromium.js';
import { axeViolations, watchedPage } from '../testing/watchedPage.js';
import { writeRun } from '../testing/writeRun.js';
import type { ComparisonGroup } from './Comparison.js';
import { comparisonCsv } from './comparisonCsv.js';
import { comparisonMarkdown } from './comparisonMarkdown.js';
import { palette } from './lineStyle.js';
import { readComparison } from './readComparison.js';
import { writeComparison } from './writeComparison.js';
import { writeReport } from './writeReport.js';

// The pages as a browser shows them, from disk.

const evil = '<img src=x onerror="document.title=1">, <b>"x"</b> & `y`';

let root: string;
let groups: ComparisonGroup[];
let url: string;
let reportUrl: string;
let browser: Browser;
let page: Page;
/** What went wrong in the page. */
let errors: string[];

const inBrowser = chromium ? describe : describe.skip;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'bcl-pages-'));
  if (chromium === undefined) return;
  groups = await someGroups();
  reportUrl = pathToFileURL(await writeReport(join(root, 'a1'))).href;
  const path = await writeComparison(join(root, 'compare.html'), { title: 'All of them', groups });
  url = pathToFileURL(path).href;
  browser = await puppeteer.launch({
    executablePath: chromium,
    args: ['--no-sandbox', '--force-color-profile=srgb'],
  });
  await browser.defaultBrowserContext().overridePermissions('file:///', ['clipboard-read']);
});
afterAll(async () => {
  await browser?.close();
  rmSync(root, { recursive: true });
});
beforeEach(async () => {
  if (chromium === undefined) return;
  ({ page, errors } = await watchedPage(browser));
});
afterEach(async () => {
  await page?.close();
  if (chromium) expect(errors).toEqual([]);
});

/** Four settings: two with trials that are done, one under way, one that has not begun. */
async function someGroups(): Promise<ComparisonGroup[]> {
  const at = (name: string) => join(root, name);
  await writeRun(at('a1'), { testErrors: [50, 40, 32] });
  await writeRun(at('a2'), { testErrors: [52, 42, 34], settings: { seed: 2 } });
  await writeRun(at('b1'), { testErrors: [48, 20] });
  await writeRun(at('c1'), { testErrors: [60, 30], epochs: 9 });
  const published = { error: 30, standardError: 0.5, source: 'a paper' };
  return [
    {
      name: 'Net, BC+',
      settings: { model: 'Net', method: 'BC+' },
      runs: [at('a1'), at('a2')],
      published,
    },
    { name: 'Net, standard', settings: { model: 'Net', method: 'standard' }, runs: [at('b1')] },
    { name: evil, settings: { model: evil, method: 'BC+' }, runs: [at('c1')] },
    { name: 'Other, BC', settings: { model: 'Other', method: 'BC' }, runs: [at('d1')], published },
  ];
}

/** Opens the page of the comparison, or brings it to another hash. */
async function open(hash = ''): Promise<void> {
  await page.goto(url + hash);
}

/** Texts of elements that can be seen, of a row's cells with bars between. */
const texts = (selector: string) =>
  page.$$eval(selector, (found) =>
    found
      .filter((each) => each.checkVisibility())
      .map((each) =>
        (each instanceof HTMLTableRowElement ? [...each.cells] : [each])
          .map((part) => (part.textContent ?? '').replace(/\s+/g, ' ').trim())
          .join(' | '),
      ),
  );

/** Numbers of the groups in the table, in the order shown. */
const shown = () =>
  page.$$eval('#groups tbody tr:not([hidden])', (rows) =>
    rows.map((row) => Number((row as HTMLElement).dataset.group)),
  );

const hash = () => page.evaluate(() => decodeURIComponent(location.hash));
const check = (value: string) => page.click(`#filters input[value="${value}"]`);

inBrowser(`the page of a comparison${chromium ? '' : ' (skipped: no chromium here)'}`, () => {
  test('shows what its tables say, and names as text', async () => {
    await open();
    expect(await texts('#groups tbody tr')).toEqual([
      'Net, BC+ | 33.00 ± 1.00 | 30.00 ± 0.50 | +3.00 | 2 | 33.00 at 3 | 3 | 30.0 s',
      'Net, standard | 20.00 | – | – | 1 | 20.00 at 2 | 2 | 20.0 s',
      `${evil} | 30.00 so far | – | – | 0 of 1 | 30.00 at 2 | 2 of 9 | 20.0 s`,
      'Other, BC | – | 30.00 ± 0.50 | – | 0 of 1 | – | – | –',
    ]);
    expect(await texts('#legend .name')).toEqual(groups.map(({ name }) => name));
    expect(await page.title()).toBe('All of them');
    expect(await texts('#trials tbody tr')).toEqual([]);
    await page.click('#trials summary');
    const trials = await texts('#trials tbody tr');
    expect(trials[0]).toBe(
      `Net, BC+ | ${join(root, 'a1')} | 1 | done | 32.00 | 32.00 at 3 | 30.0 s`,
    );
    expect(await page.$eval('#trials a', (a) => a.getAttribute('href'))).toBe('a1/report.html');
    expect(await texts('#trials tbody td:nth-child(4)')).toEqual([
      ...['done', 'done', 'done', 'epoch 2 of 9', 'not begun'],
    ]);
  });

  test('hides the rows and lines that a filter leaves out, and counts what others would show', async () => {
    await open();
    expect(await texts('#filters label')).toEqual([
      ...['Net (2)', `${evil} (1)`, 'Other (1)', 'BC+ (2)', 'standard (1)', 'BC (1)'],
    ]);
    await check('BC+');
    expect(await shown()).toEqual([0, 2]);
    expect(await texts('#legend .name')).toEqual(['Net, BC+', evil]);
    expect(await texts('#status')).toEqual(['2 of 4 settings']);
    expect(await texts('#filters label')).toEqual([
      ...['Net (1)', `${evil} (1)`, 'Other (0)', 'BC+ (2)', 'standard (1)', 'BC (1)'],
    ]);
    await check('Net');
    await check('standard');
    expect(await shown()).toEqual([0, 1]);
    expect(await hash()).toBe('#only.model=Net&only.method=BC+&only.method=standard');

    await check('Net');
    await check('Other');
    expect(await shown()).toEqual([]);
    expect(await texts('#nothing, #no-curves')).toEqual([
      'No setting has all that is checked.',
      'No epoch of these settings has been measured yet.',
    ]);
    await page.click('#all');
    expect(await shown()).toEqual([0, 1, 2, 3]);
    expect(await hash()).toBe('');
  });

  test('draws the lines that are shown and no others', async () => {
    await open();
    const [first, second] = palette.light as readonly string[];
    expect(await colors()).toEqual(expect.arrayContaining([first, second]));
    await check('standard');
    expect(await colors()).toContain(second);
    expect(await colors()).not.toContain(first);
  });

  test('draws again in the dark, and in light colours for the printer', async () => {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
    await open();
    expect(await colors()).toContain(palette.light[0]);
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    expect(await colors()).toContain(palette.dark[0]);
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    expect(await colors()).toContain(palette.light[0]);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    expect(await colors()).toContain(palette.dark[0]);
  });

  test('sorts by a column: rising, falling, as it came; what has no value comes last', async () => {
    await open();
    const button = '[data-sort=testError]';
    const sorted = () => page.$eval(button, (b) => b.closest('th')?.ariaSort);
    await page.click(button);
    expect([await shown(), await sorted()]).toEqual([[1, 2, 0, 3], 'ascending']);
    await page.click(button);
    expect([await shown(), await sorted()]).toEqual([[0, 2, 1, 3], 'descending']);
    expect(await hash()).toBe('#sort=-testError');
    await page.click(button);
    expect([await shown(), await sorted()]).toEqual([[0, 1, 2, 3], 'none']);
    await page.click('[data-sort=name]');
    expect(await shown()).toEqual([2, 0, 1, 3]);
  });

  test.each(['Markdown', 'CSV'])('copies the rows shown as %s, in their order', async (format) => {
    await open('#only.model=Net&sort=testError');
    await page.bringToFront();
    await page.click(`#copy-${format.toLowerCase()}`);
    await page.waitForFunction(() => document.querySelector('#copied')?.textContent !== '');
    expect(await texts('#copied')).toEqual([`Copied 2 rows as ${format}.`]);
    const results = await readComparison({ groups });
    const table = format === 'CSV' ? comparisonCsv : comparisonMarkdown;
    const lines = table(results).split('\n');
    const head = format === 'CSV' ? 1 : 2;
    const expected = [
      ...lines.slice(0, head),
      lines[head + 1],
      lines[head],
      ...lines.slice(head + 4),
    ];
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(expected.join('\n'));
  });

  test('shows the text to be copied by hand where the clipboard is shut', async () => {
    await open();
    await page.evaluate(() => {
      Object.defineProperty(navigator, 'clipboard', { value: undefined });
      document.execCommand = () => false;
    });
    await page.click('#copy-csv');
    await page.waitForSelector('#by-hand');
    const area = await page.$eval('#by-hand', (area) => {
      const { value, selectionStart, selectionEnd } = area as HTMLTextAreaElement;
      return [value, selectionEnd - selectionStart === value.length];
    });
    expect(area).toEqual([comparisonCsv(await readComparison({ groups })), true]);
    expect(await texts('#copied')).toEqual([
      'This browser lets no page copy: the text is below, selected.',
    ]);
  });

  test('keeps the view in its address and restores it from there', async () => {
    await open('#only.method=BC%2B&only.method=none+such&sort=-name&curve=trainLoss&bands=off&x=y');
    expect(await shown()).toEqual([0, 2]);
    expect(await texts('#status')).toEqual(['2 of 4 settings']);
    expect(await page.$eval('#chart', (chart) => chart.ariaLabel)).toContain('training loss');
    expect(await page.$eval('#bands', (box) => (box as HTMLInputElement).checked)).toBe(false);
    expect(await texts('#mixed, #nothing, #no-curves')).toEqual([
      expect.stringContaining('Where the method mixes'),
    ]);

    await page.click('#bands');
    const address = await page.evaluate(() => location.href);
    await page.goto('about:blank');
    await page.goto(address);
    expect(await hash()).toBe('#only.method=BC+&sort=-name&curve=trainLoss');
    expect(await shown()).toEqual([0, 2]);
    await page.evaluate(() => {
      location.hash = '#only.model=Other';
    });
    await page.waitForFunction(() => document.querySelectorAll('#legend li').length === 1);
    expect(await shown()).toEqual([3]);
    expect(await page.$eval('#chart', (chart) => chart.ariaLabel)).toContain('test accuracy');
  });

  test('reads out the values under the pointer, and those of trials that are longer than others', async () => {
    await open('#only.model=Net');
    expect(await texts('#epoch')).toEqual(['After the last epoch of each line:']);
    expect(await texts('#legend .value')).toEqual(['67.00 ± 1.00 %', '80.00 %']);
    const box = await (await page.$('#chart .u-over'))?.boundingBox();
    if (!box) throw new Error('the chart has no box');
    await page.mouse.move(box.x + box.width - 2, box.y + 50);
    await page.waitForFunction(() => document.querySelector('#epoch')?.textContent?.includes('3'));
    expect(await texts('#legend .value')).toEqual(['67.00 ± 1.00 %', '–']);
    await page.mouse.move(0, 0);
    await page.waitForFunction(() =>
      document.querySelector('#epoch')?.textContent?.includes('last'),
    );
  });

  test('is worked by keys alone', async () => {
    await open();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    expect(await shown()).toEqual([0, 1]);
    await page.focus('#chart');
    await page.keyboard.press('Home');
    await page.waitForFunction(() => document.querySelector('#epoch')?.textContent?.includes('1'));
    expect(await texts('#legend .value')).toEqual(['49.00 ± 1.00 %', '52.00 %']);
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.querySelector('#epoch')?.textContent?.includes('2'));
    expect(
      await page.$eval('#chart', (chart) => [chart.ariaValueNow, chart.ariaValueText]),
    ).toEqual(['2', 'epoch 2; Net, BC+: 59.00 %; Net, standard: 80.00 %']);
    await page.focus('input[value=testAccuracy]');
    await page.keyboard.press('ArrowRight');
    expect(await hash()).toBe('#only.model=Net&curve=trainAccuracy');
    expect(await texts('#legend .value')).toEqual(['83.33 ± 0.00 %', '75.00 %']);
    await page.focus('#numbers summary');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#numbers tbody td');
    expect(await texts('#numbers tbody tr')).toEqual([
      '1 | 50.00 ± 0.00 % | 50.00 %',
      '2 | 75.00 ± 0.00 % | 75.00 %',
      '3 | 83.33 ± 0.00 % | –',
    ]);
    await page.focus('[data-sort=difference]');
    await page.keyboard.press('Enter');
    expect(await hash()).toBe('#only.model=Net&sort=difference&curve=trainAccuracy');
  });

  test('lets other lines stand back behind one that is pointed at or pressed', async () => {
    await open('#only.model=Net');
    const second = palette.light[1];
    const [row] = await page.$$('#groups tbody tr');
    await row?.hover();
    expect(await colors()).not.toContain(second);
    await page.mouse.move(0, 0);
    expect(await colors()).toContain(second);
    await page.click('#legend li:first-child button');
    await page.mouse.move(0, 0);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    expect(await colors()).not.toContain(second);
    expect(
      await page.$$eval('#legend button', (all) => all.map((button) => button.ariaPressed)),
    ).toEqual(['true', 'false']);
  });

  test.each([
    [1280, 'light'],
    [390, 'dark'],
  ])('breaks no rule of accessibility and fits at %i pixels in %s', async (width, scheme) => {
    await page.setViewport({ width, height: 844 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    // The page lets no script in but its own.
    await page.setBypassCSP(true);
    await open('#curve=trainLoss');
    await page.$$eval('details', (all) => {
      for (const details of all) details.open = true;
    });
    await page.waitForSelector('#numbers tbody td');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await axeViolations(page)).toEqual([]);
  });

  test('shows its tables where scripts are off', async () => {
    await page.setJavaScriptEnabled(false);
    await open();
    const visible = await page.$$eval('#groups tr, #filters, #chart, #copy-csv', (all) =>
      all.map((each) => each.checkVisibility()),
    );
    expect(visible.filter(Boolean)).toHaveLength(5);
  });
});

inBrowser(`the report of a run${chromium ? '' : ' (skipped: no chromium here)'}`, () => {
  test('draws its two charts in both schemes', async () => {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
    await page.goto(reportUrl);
    expect(await texts('.u-legend')).toHaveLength(2);
    expect(await colors()).toContain('#cf5a12');
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    expect(await colors()).toContain('#f59a58');
  });
});

/** The colours of the first chart, those of more than a few pixels, once it is drawn. */
function colors(): Promise<string[]> {
  return page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const canvas = document.querySelector('canvas') as HTMLCanvasElement;
    const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(
      ...([0, 0, canvas.width, canvas.height] as const),
    );
    const counts = new Map<string, number>();
    for (let i = 0; i < data.length; i += 4) {
      if (data[i + 3] !== 255) continue;
      const color = `#${[0, 1, 2].map((k) => (data[i + k] ?? 0).toString(16).padStart(2, '0')).join('')}`;
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    return [...counts].filter(([, count]) => count > 10).map(([color]) => color);
  });
}
