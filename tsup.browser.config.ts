import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { defineConfig, type Options } from 'tsup';

// What a page gets of a package whose other parts are for Node: dist/browser. Node's modules, and packages that are of use there alone, become
// functions that say so when they are called; so any bundler takes it without a setting.
//
//     tsup --config ../../tsup.browser.config.ts

/** What is of use in Node alone, with the names that are imported from there. */
const nodePackages: Record<string, readonly string[]> = {
  '@alexanderolsen/libsamplerate-js': ['default'],
  '@audio/decode-wav': ['default'],
  '@wasm-audio-decoders/flac': ['default'],
  '@wasm-audio-decoders/ogg-vorbis': ['default'],
  'csv-parse/sync': ['parse'],
  'env-paths': ['default'],
  'proper-lockfile': ['lock'],
  'protobufjs/minimal.js': ['default'],
  sharp: ['default'],
  'tar-stream': ['extract'],
  undici: ['Agent', 'EnvHttpProxyAgent', 'interceptors', 'request'],
};

/** What a page is to do instead, package by package. */
const waysOut: Record<string, string> = {
  '@bcl/datasets':
    'folders, archives, downloads and threads are for Node; in a page make a Dataset { images, labels, shape, classNames } of bytes that it has fetched',
  '@bcl/trainer':
    "checkpoints, runs, reports and threads are for Node; a page keeps the model by manager.model.save('indexeddb://…')",
};

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string };

const inNodeAlone: Plugin = {
  name: 'in-node-alone',
  setup(build) {
    const names = [...builtinModules, ...Object.keys(nodePackages)].join('|');
    build.onResolve({ filter: new RegExp(`^(node:.*|${names})$`) }, ({ path }) => ({
      path,
      namespace: 'in-node-alone',
      sideEffects: false,
    }));
    build.onResolve({ filter: /^bcl:in-node$/ }, ({ path }) => ({ path, namespace: 'bcl' }));
    build.onLoad({ filter: /.*/, namespace: 'in-node-alone' }, async ({ path }) => ({
      contents: [
        `import { inNode } from 'bcl:in-node';`,
        ...(nodePackages[path] ?? Object.keys(await import(path))).map((key) => {
          const made = `/* @__PURE__ */ inNode(${JSON.stringify(`${key} of ${path}`)})`;
          return key === 'default' ? `export default ${made};` : `export const ${key} = ${made};`;
        }),
      ].join('\n'),
    }));
    build.onLoad({ filter: /.*/, namespace: 'bcl' }, () => ({ contents: runtime() }));
  },
};

/** The module that makes what cannot be called. */
function runtime(): string {
  const message = `${name}: this needs Node, and a page has none (' + what + '); ${waysOut[name]?.replaceAll("'", "\\'")}`;
  return `
    export function inNode(what) {
      const refuse = () => {
        throw new Error('${message}');
      };
      const get = (target, key) =>
        typeof key === 'symbol' || key === 'then' ? undefined : key in target ? target[key] : inNode(key + ', ' + what);
      return new Proxy(function () {}, { apply: refuse, construct: refuse, get });
    }
  `;
}

export default defineConfig({
  entry: ['src/index.ts'],
  outDir: 'dist/browser',
  format: 'esm',
  platform: 'browser',
  sourcemap: true,
  target: 'es2022',
  tsconfig: '../../tsconfig.build.json',
  removeNodeProtocol: false,
  noExternal: Object.keys(nodePackages),
  esbuildPlugins: [inNodeAlone],
});
