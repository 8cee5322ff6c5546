import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capturedOutput } from '../testing/capturedOutput.js';
import { writeTinyRun } from '../testing/writeTinyRun.js';
import { features } from './features.js';

const written = capturedOutput();
let root: string;
const at = (name: string) => join(root, name);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'bcl-features-'));
  await writeTinyRun(at('standard'), { source: 'embedded' });
  await writeTinyRun(at('bcplus'), { source: 'embedded', seed: 2 });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const flags = { limit: 40, batchSize: 16, backend: 'wasm' } as const;

test('writes a page and a picture, and prints the numbers', async () => {
  const out = at('features.html');
  await features([at('standard'), at('bcplus')], { ...flags, out, layer: 'logits' });
  expect(written()).toMatch(
    /^standard, logits:\n {2}variance within classes: \d+\.\d % of all\n {2}Fisher's criterion: [\d.e-]+ in the mean over pairs, [\d.e-]+ for [a-z ]+ – [a-z ]+\nbcplus, logits:\n/,
  );
  const html = readFileSync(out, 'utf8');
  expect(html).toContain(`--layer logits --limit 40 --out ${out}</code>`);
  const png = readFileSync(at('features.png'));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  // Two columns of 380 pixels, and gaps of 24.
  expect(png.readUInt32BE(16)).toBe(24 + 2 * 404);
});

test('looks at what the last layer is fed unless told', async () => {
  await features([at('standard')], { ...flags, out: at('pixels.html') });
  expect(written()).toContain('standard, pixels:');
});

test('refuses a picture as the page, and a layer that there is not', async () => {
  await expect(features([at('standard')], { ...flags, out: at('x.png') })).rejects.toThrow(
    `features: --out must be the page to write, as features.html, got ${at('x.png')}`,
  );
  const asked = { ...flags, out: at('x.html'), layer: 'fc5' };
  await expect(features([at('standard')], asked)).rejects.toThrow(
    /layer must be one of .*pixels, logits, got fc5/,
  );
});
