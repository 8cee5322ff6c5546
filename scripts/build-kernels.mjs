// Compiles the AssemblyScript of each package that has some, packages/NAME/assembly, to WebAssembly and writes the bytes as a
// TypeScript module, so that they load the same way in Node, in a worker, in a bundle and from source. Does nothing for a
// package whose module is newer than its sources.
import { mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const packages = join(dirname(fileURLToPath(import.meta.url)), '..', 'packages');
const simd = ['--enable', 'simd'];
const relaxed = [...simd, '--enable', 'relaxed-simd'];

/** The builds of each package, best first; its loader takes the first that the engine validates. */
const kernels = {
  backends: { relaxed, simd },
  mixing: { simd },
};

for (const [name, builds] of Object.entries(kernels)) {
  const sources = join(packages, name, 'assembly');
  const target = join(packages, name, 'src', 'generated', 'kernels.ts');
  if (isStale(sources, target)) await build(sources, target, builds);
}

async function build(sources, target, builds) {
  const modules = await Promise.all(Object.values(builds).map((flags) => compile(sources, flags)));
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

function isStale(sources, target) {
  const made = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const inputs = [
    ...readdirSync(sources).map((f) => join(sources, f)),
    fileURLToPath(import.meta.url),
  ];
  return inputs.some((file) => statSync(file).mtimeMs > made);
}

/** @returns {Promise<Buffer>} */
async function compile(sources, flags) {
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
    throw new Error(`build-kernels: ${sources} does not compile\n${stderr}`, { cause: error });
  }
  return Buffer.from(binary);
}
