import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clouds } from '../testing/featureSets.js';
import { featuresSvg } from './featuresSvg.js';
import { writeFeatures } from './writeFeatures.js';

const evil = '<img src=x onerror="alert(1)">';
const names = ['cat', 'dog', evil];
const sets = [clouds('standard', 2, names), clouds('BC+', 8, names)];

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'bcl-features-'));
});
afterAll(() => rmSync(root, { recursive: true }));

async function page(
  ...[given = sets, options]: Partial<
    Parameters<typeof writeFeatures> extends [string, infer S, (infer O)?] ? [S, O] : never
  >
): Promise<string> {
  const path = await writeFeatures(join(root, 'new', 'features.html'), given, options);
  return readFileSync(path, 'utf8');
}

describe('writeFeatures', () => {
  test('shows the numbers of each model and of each pair', async () => {
    const html = await page();
    const [least] = sets[0]?.separation.pairs ?? [];
    expect(least).toBeDefined();
    expect(html).toContain(`<td data-order="${least?.fisher}">`);
    expect(html.match(/<tr><th scope="row" data-order=/g)).toHaveLength(3);
    expect(html).toContain('<th scope="colgroup" colspan="3">BC+</th>');
    for (const { separation, name } of sets) {
      const share = ((100 * separation.within) / separation.total).toFixed(1);
      expect(html).toMatch(
        new RegExp(`<tr><th scope="row">${name.replace('+', '\\+')}</th>.*${share} %`),
      );
    }
  });

  test('shows names as text and asks for nothing outside the page', async () => {
    const html = await page(sets, { title: evil, command: evil });
    expect(html).not.toContain('<img');
    expect(html.replace(/<script>[\s\S]*?<\/script>/g, '')).not.toMatch(/https?:|url\(|@import/);
  });

  test('refuses none, and models of other classes', async () => {
    await expect(page([])).rejects.toThrow(
      new RangeError('writeFeatures: there must be features of a model, got none'),
    );
    await expect(page([clouds('a', 1, ['x', 'y']), clouds('b', 1, ['x', 'z'])])).rejects.toThrow(
      'writeFeatures: all models must have the classes of a, x, y, got b with x, z',
    );
  });
});

describe('featuresSvg', () => {
  test('draws each point of each model flat and turned, and a legend', () => {
    const svg = featuresSvg(sets);
    const marks = svg.match(/<polygon /g) ?? [];
    expect(marks).toHaveLength(sets.length * 2 * 30 + names.length);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg).not.toContain('<img');
    expect(svg).toContain('components 1 to 3, turned');
  });

  test('keeps all points within their frames', () => {
    const svg = featuresSvg(sets.slice(0, 1));
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
    for (const [, corners = ''] of svg.matchAll(/<polygon points="([^"]*)"/g)) {
      const numbers = corners.split(' ').map(Number);
      for (const [i, v] of numbers.entries()) {
        expect(v).toBeGreaterThan(0);
        expect(v).toBeLessThan(Number(i % 2 === 0 ? width : height));
      }
    }
  });
});
