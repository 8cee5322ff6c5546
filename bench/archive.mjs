// How long it takes to read all of CIFAR-10 from its .tar.gz into memory, beside what `tar xzf … -O > /dev/null` takes: the two in
// turn, run by run, so that whatever else the machine does falls on both.
//
//     node bench/archive.mjs --data cifar-10-binary.tar.gz [--runs 7]
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { cifar10 } from '@bcl/datasets';
import { keep, round, summary } from './measure.mjs';

const { values } = parseArgs({
  options: { data: { type: 'string' }, runs: { type: 'string', default: '7' } },
});
if (!values.data) throw new Error('archive: --data wants CIFAR-10 as .tar.gz');

const timed = async (work) => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};
const unpack = () =>
  execFileSync('sh', ['-c', 'tar xzf "$1" -O > /dev/null', 'sh', values.data], {
    stdio: 'inherit',
  });
/** Training and test images; the archive is gone through for each. */
const readTrain = async () => {
  const { labels } = await cifar10(values.data);
  if (labels.length !== 50_000)
    throw new Error(`archive: expected 50000 images, got ${labels.length}`);
};
const readBoth = async () => {
  await readTrain();
  await cifar10(values.data, { split: 'test' });
};

const taken = { tar: [], train: [], both: [] };
for (let run = -1; run < Number(values.runs); run++) {
  const tar = await timed(unpack);
  const train = await timed(readTrain);
  const both = await timed(readBoth);
  if (run < 0) continue; // the first warms up
  taken.tar.push(tar);
  taken.train.push(train);
  taken.both.push(both);
}
const ratio = (name) => summary(taken[name].map((time, run) => time / taken.tar[run]));
const result = {
  runs: taken.tar.length,
  milliseconds: Object.fromEntries(
    Object.entries(taken).map(([name, times]) => {
      const { median, spread } = summary(times);
      return [name, { median: round(median, 0), spread: round(spread, 0) }];
    }),
  ),
  ratioToTar: Object.fromEntries(
    ['train', 'both'].map((name) => {
      const { median, spread } = ratio(name);
      return [name, { median: round(median, 2), spread: round(spread, 2) }];
    }),
  ),
  wanted: 'below 1.5 for both',
};
console.log(JSON.stringify(result, null, 2));
keep('archive', result);
