import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { chromium } from '../../../../test-support/chromium.js';
import { clouds } from '../testing/featureSets.js';
import { axeViolations, watchedPage } from '../testing/watchedPage.js';
import { writeFeatures } from './writeFeatures.js';

// The page of features as a browser shows it, from disk.

const names = ['cat', 'dog', 'ship'];
const inBrowser = chromium ? describe : describe.skip;

let root: string;
let url: string;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  if (chromium === undefined) return;
  root = mkdtempSync(join(tmpdir(), 'bcl-features-'));
  const sets = [clouds('standard', 2, names), clouds('BC+', 8, names)];
  url = pathToFileURL(await writeFeatures(join(root, 'features.html'), sets)).href;
  browser = await puppeteer.launch({ executablePath: chromium, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  if (root) rmSync(root, { recursive: true });
});
beforeEach(async () => {
  if (chromium === undefined) return;
  ({ page, errors } = await watchedPage(browser));
});
afterEach(async () => {
  await page?.close();
  if (chromium) expect(errors).toEqual([]);
});

async function open(hash = ''): Promise<void> {
  await page.goto(url + hash);
}

const hash = () => page.evaluate(() => decodeURIComponent(location.hash));

/** How many pixels of the first picture are of a class's colour, and not seen through. */
const pixelsOf = (id: number) =>
  page.evaluate((id) => {
    const canvas = document.querySelector('[data-set] canvas') as HTMLCanvasElement;
    const style = getComputedStyle(document.documentElement);
    const color = style.getPropertyValue(`--line-${id}`).trim();
    const wanted = [1, 3, 5].map((i) => Number.parseInt(color.slice(i, i + 2), 16));
    const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(
      0,
      0,
      canvas.width,
      canvas.height,
    );
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const opaque = (data[i + 3] as number) > 128;
      if (opaque && wanted.every((v, k) => Math.abs((data[i + k] as number) - v) < 45)) count++;
    }
    return count;
  }, id);

inBrowser(`the page of features${chromium ? '' : ' (skipped: no chromium here)'}`, () => {
  test('draws a picture a model, with marks of every class', async () => {
    await open();
    expect(await page.$$eval('[data-set] canvas', (all) => all.length)).toBe(2);
    for (const id of [0, 1, 2]) expect(await pixelsOf(id)).toBeGreaterThan(60);
  });

  test('turns by keyboard and by dragging, and its address keeps the view', async () => {
    await open();
    const before = await page.$eval('[data-set] canvas', (canvas) =>
      (canvas as HTMLCanvasElement).toDataURL(),
    );
    await page.focus('#turn');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await hash()).toBe('#turn=2');
    expect(await page.$eval('#turn + output', (output) => output.textContent)).toBe('2°');
    const after = await page.$eval('[data-set] canvas', (canvas) =>
      (canvas as HTMLCanvasElement).toDataURL(),
    );
    expect(after).not.toBe(before);

    const box = await (await page.$('[data-set]'))?.boundingBox();
    const [x, y] = [(box?.x ?? 0) + 200, (box?.y ?? 0) + 200];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 40, y + 20);
    await page.mouse.up();
    expect(await hash()).toBe('#turn=22&tilt=10');
    await page.click('#flat');
    expect(await hash()).toBe('');
    const back = await page.$eval('[data-set] canvas', (canvas) =>
      (canvas as HTMLCanvasElement).toDataURL(),
    );
    expect(back).toBe(before);
  });

  test('lets the other classes stand back behind those chosen', async () => {
    await open();
    const all = await pixelsOf(1);
    await page.click('button[data-class="0"]');
    expect(await hash()).toBe('#class=cat');
    expect(await pixelsOf(1)).toBeLessThan(all / 4);
    expect(await pixelsOf(0)).toBeGreaterThan(60);
    await open('#class=dog&turn=30&sort=-fisher-1');
    expect(
      await page.$$eval('button[data-class]', (all) => all.map((each) => each.ariaPressed)),
    ).toEqual(['false', 'true', 'false']);
  });

  test('sorts its pairs', async () => {
    await open('#sort=-fisher-1');
    const order = await page.$$eval('#pairs tbody tr', (rows) =>
      rows.map((row) => Number((row.cells[4] as HTMLElement).dataset.order)),
    );
    expect(order).toEqual([...order].sort((a, b) => b - a));
    expect(await page.$eval('[data-sort="fisher-1"]', (b) => b.closest('th')?.ariaSort)).toBe(
      'descending',
    );
  });

  test('says what the pointer is on', async () => {
    await open();
    const seen = await page.evaluate(() => {
      const over = document.querySelector('[data-set] .u-over') as HTMLElement;
      const under = document.querySelector('.under') as HTMLElement;
      const { left, top, width, height } = over.getBoundingClientRect();
      const texts: (string | null)[] = [];
      for (let x = 0; x < width; x += 12) {
        for (let y = 0; y < height; y += 12) {
          const at = { clientX: left + x, clientY: top + y };
          over.dispatchEvent(new PointerEvent('pointermove', at));
          texts.push(under.textContent);
        }
      }
      over.dispatchEvent(new PointerEvent('pointerleave'));
      return { texts: [...new Set(texts)], after: under.textContent };
    });
    const images = seen.texts.filter((text) => /^image \d+: (cat|dog|ship)$/.test(text ?? ''));
    expect(images.length).toBeGreaterThan(15);
    expect(seen.texts).toContain('image 7: dog, taken for ship');
    expect(seen.after).toBe('30 images');
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
  ] as const)('can be used by everybody: %s, %d pixels', async (scheme, width) => {
    await page.setViewport({ width, height: 800 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await open();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
  });

  test('shows its tables where scripts are off', async () => {
    await page.setJavaScriptEnabled(false);
    await open();
    const visible = await page.$$eval('#pairs tbody tr, #turn, [data-set]', (all) =>
      all.map((each) => each.checkVisibility()),
    );
    expect(visible.filter(Boolean)).toHaveLength(3);
  });
});
