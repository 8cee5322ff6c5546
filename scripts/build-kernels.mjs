// Compiles packages/backends/assembly to WebAssembly and writes the bytes as a TypeScript module, so that they load the
// same way in Node, in a worker, in a bundle and from source. Does nothing when the module is newer than its sources.
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages', 'backends');
const sources = join(root, 'assembly');
const target = join(root, 'src', 'generated', 'kernels.ts');

/** The builds, best first; the loader takes the first that the engine validates. */
const builds = {
  relaxed: ['--enable', 'simd', '--enable', 'relaxed-simd'],
  simd: ['--enable', 'simd'],
};

if (isStale()) {
  const modules = await Promise.all(Object.entries(builds).map(([, flags]) => compile(flags)));
  const lines = Object.keys(builds).map(
    (name, i) => `export const ${name}: string =\n  '${modules[i].toString('base64')}';\n`,
  );
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(
    `${target}.new`,
    `// Made by scripts/build-kernels.mjs from ../../assembly.\n${lines.join('')}`,
  );
  renameSync(`${target}.new`, target);
}

function isStale() {
  const made = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const inputs = [
    ...readdirSync(sources).map((f) => join(sources, f)),
    fileURLToPath(import.meta.url),
  ];
  return inputs.some((file) => statSync(file).mtimeMs > made);
}

/** @returns {Promise<Buffer>} */
async function compile(flags) {
  let binary;
  const { error, stderr } = await asc.main(
    [
      'index.ts',
      '-O3',
      '--noAssert',
      '--uncheckedBehavior',
      'always',
      '--runtime',
      'stub',
      '--importMemory',
      '--noExportMemory',
      '--use',
      'abort=',
      '--baseDir',
      sources,
      '--outFile',
      'kernels.wasm',
      ...flags,
    ],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = contents;
      },
    },
  );
  if (error || !binary) {
    throw new Error(`build-kernels: assembly does not compile\n${stderr}`, { cause: error });
  }
  return Buffer.from(binary);
}
