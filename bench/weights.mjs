// Loading the weights of ResNet-18, 45 MB made by the rule of the reference numbers, from each format: the first load of a fresh
// process, as a user has it, against reading the same file and putting its bytes into the backend as they are.
//
//     node bench/weights.mjs [--runs 7]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { useBackend } from '@bcl/backends';
import { loadWeights, resnet18, saveWeights } from '@bcl/models';
import * as tf from '@tensorflow/tfjs-core';
import { keep, round, summary } from './measure.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const models = join(here, '..', 'packages', 'models', 'src');
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '7' },
    child: { type: 'string' },
    file: { type: 'string' },
  },
});

if (values.child) console.log(JSON.stringify(await measure(values.child, values.file)));
else await compare();

/** Every file and way in processes of their own, by turns. */
async function compare() {
  const folder = mkdtempSync(join(tmpdir(), 'bcl-bench-weights-'));
  try {
    const files = await writeFiles(folder);
    const rows = files.flatMap((file) => ['copy', 'load'].map((way) => ({ file, way, all: [] })));
    for (let run = 0; run < Number(values.runs); run++) {
      for (const { file, way, all } of rows) {
        const args = [fileURLToPath(import.meta.url), '--child', way, '--file', file];
        all.push(JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })));
      }
    }
    const of = (all, key) => summary(all.map((each) => each[key]));
    const table = files.map((file) => {
      const [copy, load] = ['copy', 'load'].map(
        (way) => rows.find((row) => row.file === file && row.way === way).all,
      );
      return {
        file: file.slice(folder.length + 1),
        mb: round(statSync(file).size / 1e6),
        loadMs: round(of(load, 'ms').median, 0),
        spreadMs: round(of(load, 'ms').spread, 0),
        cpuMs: round(of(load, 'cpuMs').median, 0),
        copyMs: round(of(copy, 'ms').median, 0),
        timesCopy: round(of(load, 'ms').median / of(copy, 'ms').median),
        peakAddedMiB: round(of(load, 'addedMiB').median, 0),
      };
    });
    console.table(table);
    const [{ numbers }] = rows.find(({ way }) => way === 'load').all;
    keep('weights', { numbers, runs: Number(values.runs), table });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One first load. The backend is up and the model built before the clock starts. */
async function measure(way, file) {
  await useBackend('wasm');
  tf.dispose(tf.add(1, 1));
  const model = resnet18({ classes: 10 });
  const before = process.resourceUsage().maxRSS;
  const cpu = process.cpuUsage();
  const start = performance.now();
  if (way === 'load') await loadWeights(model, file);
  else {
    const { buffer, byteLength } = new Uint8Array(readFileSync(file));
    tf.tensor(new Float32Array(buffer, 0, Math.floor(byteLength / 4)));
  }
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return {
    ms,
    cpuMs: (user + system) / 1000,
    addedMiB: (process.resourceUsage().maxRSS - before) / 1024,
    numbers: model.countParams(),
  };
}

/** The same weights in each format. */
async function writeFiles(folder) {
  const { GoldenRule, zipPth, legacyPth } = await testHelpers();
  const golden = JSON.parse(readFileSync(join(models, 'fixtures', 'models', 'resnet18.json')));
  const rule = new GoldenRule(golden.salt);
  const tensors = golden.tensors.map(([name, shape]) => {
    if (name.endsWith('.num_batches_tracked')) return { name, shape, values: new BigInt64Array(1) };
    const gain = name === golden.head ? golden.headGain : golden.gain;
    return { name, shape, values: rule.weight(name, shape, gain) };
  });
  const file = (name) => join(folder, name);
  writeFileSync(file('resnet18.pth'), await zipPth(tensors, { byteOrder: 'little' }));
  writeFileSync(file('resnet18-legacy.pth'), legacyPth(tensors));
  await useBackend('wasm');
  const model = resnet18({ classes: 10 });
  await loadWeights(model, file('resnet18.pth'));
  await saveWeights(model, file('resnet18.safetensors'));
  model.dispose();
  return ['resnet18.pth', 'resnet18-legacy.pth', 'resnet18.safetensors'].map(file);
}

/** What the tests make files with; TypeScript, which Node cannot read. */
async function testHelpers() {
  const require = createRequire(join(here, '..', 'package.json'));
  const esbuild = createRequire(require.resolve('tsup/package.json'))('esbuild');
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents: `export * from './testing/goldenRule.js'; export * from './testing/pthFile.js';`,
      resolveDir: models,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
    logLevel: 'error',
  });
  return import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
}
