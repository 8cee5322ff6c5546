// Standard, BC and BC+ learning on real CIFAR-10, cut down to a budget of minutes: the first 5 000 training images, 5 epochs,
// tested on the first 2 000 test images, three seeds each. Every cell is one `bcl train` and one `bcl test`.
//
//     node bench/cifar.mjs --data cifar-10-binary.tar.gz [--out runs/cifar] [--seeds 1,2,3] [--parallel 2]
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { keep, round } from './measure.mjs';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    out: { type: 'string', default: 'runs/cifar' },
    seeds: { type: 'string', default: '1,2,3' },
    methods: { type: 'string', default: 'standard,bc,bc+' },
    parallel: { type: 'string', default: '2' },
  },
});
if (!values.data)
  throw new Error('cifar: --data wants CIFAR-10 in its binary form, a folder or a .tar.gz');

/** The recipe; every figure of the README's table comes from it. */
const recipe = [
  '--model',
  'convnet',
  '--limit',
  '5000',
  '--test-limit',
  '2000',
  '--epochs',
  '5',
  '--batch-size',
  '64',
  '--lr',
  '0.02',
  '--schedule',
  'cosine',
  '--momentum',
  '0.9',
  '--weight-decay',
  '5e-4',
  '--backend',
  'wasm',
  '--threads',
  '1',
];
const bcl = join(
  dirname(createRequire(import.meta.url).resolve('@bcl/cli/package.json')),
  'dist',
  'bcl.js',
);
const seeds = values.seeds.split(',');
const methods = values.methods.split(',');
mkdirSync(values.out, { recursive: true });

// Seed by seed, so that a bench that was stopped early still holds all methods.
const cells = seeds.flatMap((seed) => methods.map((method) => ({ method, seed })));
const waiting = [...cells];
await Promise.all(Array.from({ length: Number(values.parallel) }, work));

const table = methods.map((method) => {
  const scores = cells.filter((cell) => cell.method === method).map((cell) => cell.accuracy);
  const mean = scores.reduce((sum, x) => sum + x, 0) / scores.length;
  const variance =
    scores.reduce((sum, x) => sum + (x - mean) ** 2, 0) / Math.max(1, scores.length - 1);
  return {
    method,
    mean: round(mean, 2),
    standardError: round(Math.sqrt(variance / scores.length), 2),
    scores: scores.join(' '),
  };
});
console.table(table);
keep('cifar', { recipe: recipe.join(' '), seeds, table });

async function work() {
  for (let cell = waiting.shift(); cell; cell = waiting.shift()) {
    const run = join(values.out, `${cell.method}-${cell.seed}`);
    const start = performance.now();
    const resume = existsSync(join(run, 'config.json')) ? ['--resume'] : [];
    await call([
      'train',
      '--data',
      values.data,
      '--method',
      cell.method,
      '--seed',
      cell.seed,
      '--out',
      run,
      ...recipe,
      ...resume,
    ]);
    const output = await call(['test', run, '--data', values.data, '--limit', '2000']);
    cell.accuracy = Number(/accuracy: ([\d.]+) %/.exec(output)?.[1]);
    const minutes = (performance.now() - start) / 60000;
    console.log(`${cell.method} seed ${cell.seed}: ${cell.accuracy} % (${round(minutes)} min)`);
  }
}

function call(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bcl, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`bcl ${args.join(' ')}\n${output}`)),
    );
  });
}
