import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { importOptional } from './importOptional.js';

const here = createRequire(__filename);

test.each([
  ['Node', { code: 'ERR_MODULE_NOT_FOUND', message: "Cannot find package 'a-package' imported" }],
  ['webpack', { code: 'MODULE_NOT_FOUND', message: "Cannot find module 'a-package'" }],
  ['Chromium', new TypeError("Failed to resolve module specifier 'a-package'")],
  [
    'Firefox',
    new TypeError('The specifier “a-package” was a bare specifier, but was not remapped'),
  ],
  ['Safari', new TypeError("Module name, 'a-package' does not resolve to a valid URL.")],
])('a package that is missing is told as such: %s', async (_, error) => {
  expect(await importOptional('a-package', () => Promise.reject(error))).toEqual({
    available: false,
    reason: 'a-package is not installed; npm install a-package',
  });
});

test('a package that is broken is told with what it said', async () => {
  const error = new Error("Cannot find module '/x/build/Release/addon.node'\nRequire stack:");
  expect(await importOptional('a-package', () => Promise.reject(error))).toMatchObject({
    reason: expect.stringMatching(/^a-package is installed but does not load: Cannot find module/),
  });
});

test('a page that has one backend installed is bundled without the others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bcl-page-'));
  try {
    const modules = join(folder, 'node_modules');
    mkdirSync(join(modules, '@bcl', 'backends'), { recursive: true });
    mkdirSync(join(modules, '@tensorflow'));
    const home = join(__dirname, '..');
    for (const part of ['dist', 'package.json']) {
      cpSync(join(home, part), join(modules, '@bcl', 'backends', part), { recursive: true });
    }
    for (const name of ['tfjs-core', 'tfjs-backend-wasm']) {
      const from = dirname(here.resolve(`@tensorflow/${name}/package.json`));
      symlinkSync(from, join(modules, '@tensorflow', name));
    }
    const tools = createRequire(here.resolve('tsup/package.json'));
    const { build } = tools('esbuild') as { build(options: object): Promise<unknown> };
    const contents = `import { useBackend } from '@bcl/backends'; await useBackend('wasm');`;
    const options = { bundle: true, format: 'esm', platform: 'browser', logLevel: 'silent' };
    const outfile = join(folder, 'out.js');
    await build({ ...options, stdin: { contents, resolveDir: folder }, outfile });
    const bundled = readFileSync(outfile, 'utf8');
    expect(bundled).toContain('import("@tensorflow/tfjs-backend-webgpu")');
    expect(bundled).not.toMatch(/import\("@tensorflow\/tfjs-(core|backend-wasm)"\)/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
