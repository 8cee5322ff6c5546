import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';
import { chromium } from '../../../test-support/chromium.js';
import { type FewSteps, refusals, trainFewSteps } from './testing/browserTraining.js';

// The trainer bundled for a page, which Chromium runs on each backend that a page has. A GPU in software serves for WebGPU and WebGL.

jest.setTimeout(180_000);

let root: string;
let server: Server;
let browser: Browser;
let inNode: FewSteps;

beforeAll(async () => {
  if (!chromium) return;
  root = mkdtempSync(join(tmpdir(), 'bcl-browser-'));
  const entryPoints = [resolve(__dirname, 'testing', 'browserTraining.ts')];
  await bundle({ entryPoints }, join(root, 'bundle.js'));
  server = await serve();
  browser = await puppeteer.launch({
    executablePath: chromium,
    protocolTimeout: 170_000,
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-features=Vulkan',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
    ],
  });
  inNode = await trainFewSteps('wasm');
});
afterAll(async () => {
  await browser?.close();
  server?.close();
  if (root) rmSync(root, { recursive: true });
});

const inBrowser = chromium ? test.each : test.skip.each;
inBrowser(['webgpu', 'webgl', 'wasm'] as const)(
  'a page trains on %s as Node does',
  async (name) => {
    const page = await browser.newPage();
    const errors: unknown[] = [];
    page.on('pageerror', (error) => errors.push(error));
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    const onPage = (await page.evaluate(`${trainFewSteps.name}('${name}')`)) as FewSteps;
    expect(errors).toEqual([]);
    expect(onPage.backend).toBe(name);
    expect(inNode.losses).toHaveLength(4);
    // Sums in another order, which adds up from step to step.
    await expect(onPage.losses).toBeAllClose(inNode.losses, { rtol: 1e-5 });
    await expect([onPage.testLoss]).toBeAllClose([inNode.testLoss], { rtol: 1e-5 });
    // It learns: otherwise all backends could agree on nothing done.
    expect(onPage.losses[3]).toBeLessThan(onPage.losses[0] as number);
    await page.close();
  },
);

const onPage = chromium ? test : test.skip;
onPage('a page is told what is for Node, and what it can do instead', async () => {
  const page = await browser.newPage();
  await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
  const said = (await page.evaluate(`${refusals.name}()`)) as string[];
  const trainer =
    /^@bcl\/trainer: this needs Node, and a page has none \(\w+ of node:[\w/]+\); checkpoints, runs, reports and threads are for Node; a page keeps the model by manager\.model\.save\('indexeddb:\/\/…'\)/;
  expect(said).toEqual([
    expect.stringMatching(trainer),
    expect.stringMatching(trainer),
    expect.stringMatching(trainer),
    expect.stringMatching(
      /^cifar10: cannot read cifar-10-batches-bin: @bcl\/datasets: this needs Node, and a page has none \(\w+ of node:[\w/]+\); folders, archives, downloads and threads are for Node; in a page make a Dataset/,
    ),
    "ModelManager.train: 2 threads need Node's worker threads, which a page has not; use threads: 1",
  ]);
  await page.close();
});

const here = createRequire(__filename);

test.each([
  '@bcl/backends',
  '@bcl/datasets',
  '@bcl/losses',
  '@bcl/mixing',
  '@bcl/mixing/fast',
  '@bcl/mixing/fast-tensors',
  '@bcl/mixing/layers',
  '@bcl/models',
  '@bcl/random',
  '@bcl/trainer',
])('%s is bundled whole for a page', async (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'bcl-bundle-'));
  const contents = `import * as all from '${name}'; globalThis.all = all;`;
  const stdin = { contents, resolveDir: __dirname };
  await expect(bundle({ stdin }, join(folder, 'out.js'))).resolves.toBeUndefined();
  rmSync(folder, { recursive: true });
});

/** Bundles a program for a page with the built packages, as a user does: no setting, no stub. */
async function bundle(
  entry: { entryPoints: string[] } | { stdin: { contents: string; resolveDir: string } },
  outfile: string,
): Promise<void> {
  const tools = createRequire(here.resolve('tsup/package.json'));
  const esbuild = tools('esbuild') as { build(options: object): Promise<unknown> };
  const options = { outfile, bundle: true, format: 'esm', platform: 'browser', logLevel: 'silent' };
  await esbuild.build({ ...entry, ...options });
}

/** A page with the bundle, and the files of the wasm backend. */
function serve(): Promise<Server> {
  const backends = createRequire(here.resolve('@bcl/backends/package.json'));
  const wasm = join(
    dirname(backends.resolve('@tensorflow/tfjs-backend-wasm/package.json')),
    'dist',
  );
  const made = createServer(({ url = '/' }, response) => {
    const file = url.startsWith('/wasm/') ? join(wasm, url.slice(6)) : join(root, url.slice(1));
    if (url === '/') {
      response.setHeader('content-type', 'text/html');
      response.end(
        '<!doctype html><script type="module">import * as training from "/bundle.js"; Object.assign(globalThis, training);</script>',
      );
    } else if (existsSync(file)) {
      response.setHeader(
        'content-type',
        url.endsWith('.wasm') ? 'application/wasm' : 'text/javascript',
      );
      response.end(readFileSync(file));
    } else {
      response.statusCode = 404;
      response.end();
    }
  });
  return new Promise((done) => {
    made.listen(0, 'localhost', () => done(made));
  });
}
