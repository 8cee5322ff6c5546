import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { builtinModules, createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import puppeteer, { type Browser } from 'puppeteer-core';
import { chromium } from '../../../test-support/chromium.js';
import { type FewSteps, trainFewSteps } from './testing/browserTraining.js';

// The trainer bundled for a page, which Chromium runs on each backend that a page has. A GPU in software serves for WebGPU and WebGL.

jest.setTimeout(180_000);

let root: string;
let server: Server;
let browser: Browser;
let inNode: FewSteps;

beforeAll(async () => {
  if (!chromium) return;
  root = mkdtempSync(join(tmpdir(), 'bcl-browser-'));
  await bundle(join(root, 'bundle.js'));
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
    const onPage = (await page.evaluate(`trainFewSteps('${name}')`)) as FewSteps;
    expect(errors).toEqual([]);
    expect(onPage.backend).toBe(name);
    expect(inNode.losses).toHaveLength(4);
    // WebGL of a GPU in software is less exact, which adds up from step to step.
    const rtol = name === 'webgl' ? 2e-2 : 1e-4;
    await expect(onPage.losses).toBeAllClose(inNode.losses, { rtol });
    await expect([onPage.losses[0] as number]).toBeAllClose([inNode.losses[0] as number], {
      rtol: 1e-3,
    });
    await expect([onPage.testLoss]).toBeAllClose([inNode.testLoss], { rtol });
    // It learns: otherwise all backends could agree on nothing done.
    expect(onPage.losses[3]).toBeLessThan(onPage.losses[0] as number);
    await page.close();
  },
);

const here = createRequire(__filename);

async function bundle(outfile: string): Promise<void> {
  const tools = createRequire(here.resolve('tsup/package.json'));
  const esbuild = tools('esbuild');
  await esbuild.build({
    entryPoints: [resolve(__dirname, 'testing', 'browserTraining.ts')],
    outfile,
    bundle: true,
    format: 'iife',
    globalName: 'training',
    footer: { js: 'globalThis.trainFewSteps = training.trainFewSteps;' },
    platform: 'browser',
    conditions: ['@bcl/source'],
    define: { 'process.env.NODE_ENV': '"production"', 'import.meta.url': '"file:///"' },
    logLevel: 'error',
    plugins: [withoutNode],
  });
}

/** Modules of Node alone, of which a page that keeps no run uses nothing. */
const withoutNode = {
  name: 'without-node',
  setup(build: Build): void {
    const names = new RegExp(`^(node:.*|(${[...builtinModules, 'sharp'].join('|')})(/.*)?)$`);
    build.onResolve({ filter: names }, ({ path }) => ({ path, namespace: 'none' }));
    build.onLoad({ filter: /.*/, namespace: 'none' }, () => ({
      contents:
        'const none = new Proxy(function () {}, { get: (_, key) => key === "__esModule" ? false : none, apply: () => none, construct: () => none }); module.exports = none;',
      loader: 'js',
    }));
  },
};

interface Build {
  onResolve(options: object, use: (at: { path: string }) => object): void;
  onLoad(options: object, use: () => object): void;
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
      response.end('<!doctype html><script src="/bundle.js"></script>');
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
