// How training on threads scales: measured on as many threads as there are, and what a model expects of more.
//
// A step on n threads takes as long as one thread takes for an n-th of the batch, and the sum of the gradients. That sum moves as many
// numbers for each replica however many there are; at best its time stays that of two replicas, at worst all share one path to
// memory and it grows with their number. Cores are taken to be alike and not to slow each other down in between, which large machines do.
//
//     node bench/scaling.mjs [--batch 128] [--runs 3] [--threads 1,2,4,8,16]
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { availableThreads, SharedSum } from '@bcl/backends';
import { keep, round, summary } from './measure.mjs';

/** ConvNet's numbers, and those of its statistics that replicas average. */
const NUMBERS = 7_582_154;

if (isMainThread) await compare();
else reduceOften();

async function compare() {
  const { values } = parseArgs({
    options: {
      batch: { type: 'string', default: '128' },
      runs: { type: 'string', default: '3' },
      threads: { type: 'string', default: '1,2,4,8,16' },
    },
  });
  const batch = Number(values.batch);
  const counts = values.threads.split(',').map(Number);
  const alone = new Map(counts.map((threads) => [threads, []]));
  const measured = new Map(counts.filter((n) => n <= availableThreads()).map((n) => [n, []]));
  const sums = [];
  for (let run = 0; run < Number(values.runs); run++) {
    for (const [threads, taken] of alone) taken.push(stepMs(batch / threads, 1));
    for (const [threads, taken] of measured) taken.push(stepMs(batch, threads));
    sums.push(await sumMs());
  }
  const sum = summary(sums).median;
  const one = summary(alone.get(1)).median;
  const rows = counts.map((threads) => {
    const share = summary(alone.get(threads)).median;
    const taken = measured.get(threads);
    const speedup = (ms) => round(one / ms, 2);
    return {
      threads,
      share: batch / threads,
      shareMs: round(share),
      expected: threads === 1 ? 1 : speedup(share + sum),
      expectedAtWorst: threads === 1 ? 1 : speedup(share + (sum * threads) / 2),
      ...(taken ? { measured: speedup(summary(taken).median) } : {}),
    };
  });
  console.table(rows);
  console.log(`the sum of two gradients takes ${round(sum)} ms`);
  keep('scaling', { batch, runs: Number(values.runs), sumMs: round(sum), rows });
}

/** Milliseconds of a step of bench/step.mjs. */
function stepMs(batch, threads) {
  const file = fileURLToPath(new URL('step.mjs', import.meta.url));
  const args = [file, '--child', String(threads), '--batch', String(batch), '--steps', '8'];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8' });
  const { imagesPerSecond } = JSON.parse(output.trim().split('\n').at(-1));
  return (1000 * batch) / imagesPerSecond;
}

/** Milliseconds of the sum of ConvNet's gradients over two replicas. */
async function sumMs() {
  const sum = new SharedSum({ replicas: 2, length: NUMBERS });
  const file = fileURLToPath(import.meta.url);
  const taken = await Promise.all(
    [0, 1].map(
      (rank) =>
        new Promise((resolve, reject) => {
          const worker = new Worker(file, { workerData: { handle: sum.handle(), rank } });
          worker.once('message', resolve).once('error', reject);
        }),
    ),
  );
  return Math.max(...taken);
}

/** In a replica's thread: the median time of a sum. */
function reduceOften() {
  const replica = SharedSum.attach(workerData.handle, workerData.rank);
  const gradient = new Float32Array(NUMBERS).fill(1);
  const taken = Array.from({ length: 15 }, () => {
    const start = performance.now();
    replica.reduce([gradient]);
    return performance.now() - start;
  });
  parentPort.postMessage(summary(taken.slice(2)).median);
}
