// What all benches share: repeated timing, its summary, and a note of the machine.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

/** Median and spread (half the distance between the quartiles) of some numbers. */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return { median: at(0.5), spread: (at(0.75) - at(0.25)) / 2, runs: values.length };
}

/** Milliseconds of `runs` calls, after two that do not count. */
export function times(runs, call) {
  const taken = [];
  for (let i = -2; i < runs; i++) {
    const start = performance.now();
    call();
    if (i >= 0) taken.push(performance.now() - start);
  }
  return taken;
}

/** The machine and the versions that a figure belongs to. */
export function machine() {
  const version = (name) => {
    const folder = dirname(require.resolve(`${name}/package.json`));
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  };
  return {
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    tfjs: version('@tensorflow/tfjs-core'),
    date: new Date().toISOString().slice(0, 10),
  };
}

/** Keeps a result as bench/results/NAME.json. */
export function keep(name, result) {
  mkdirSync(join(here, 'results'), { recursive: true });
  const file = join(here, 'results', `${name}.json`);
  writeFileSync(`${file}.new`, `${JSON.stringify({ ...machine(), ...result }, null, 2)}\n`);
  renameSync(`${file}.new`, file);
  console.log(`kept in bench/results/${name}.json`);
}

export const round = (x, digits = 1) => Number(x.toFixed(digits));
