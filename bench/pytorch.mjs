// The training step beside PyTorch's on the same cores: images/s and most memory of bench/step.mjs and of bench/step.py, by turns, so
// that both see the same machine. Other versions of Node are named by their programs, with the flags to give them.
//
//     node bench/pytorch.mjs [--networks convnet,resnet18,shakeShake] [--batch 64] [--runs 3] [--threads 1,2] [--python python3]
//         [--node 'PROGRAM FLAG …' …] [--name pytorch]
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keep, round, summary } from './measure.mjs';

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: 'convnet,resnet18,shakeShake' },
    batch: { type: 'string', default: '64' },
    runs: { type: 'string', default: '3' },
    threads: { type: 'string', default: '1,2' },
    python: { type: 'string', default: 'python3' },
    name: { type: 'string', default: 'pytorch' },
    node: { type: 'string', multiple: true, default: [process.execPath] },
  },
});
const { batch, python } = values;
const nodes = values.node.map((command) => {
  const [program, ...flags] = command.split(' ');
  const version = execFileSync(program, ['--version'], { encoding: 'utf8' }).trim();
  return { program, flags, name: ['Node', version.slice(1), ...flags].join(' ') };
});

const rows = [];
let torch;
for (const network of values.networks.split(',')) {
  for (const threads of values.threads.split(',')) {
    const taken = new Map();
    for (let run = 0; run < Number(values.runs); run++) {
      const yardstick = measure(python, [here('step.py'), network, batch, threads]);
      torch = yardstick.version;
      note(taken, `PyTorch ${torch}`, yardstick, yardstick);
      for (const { program, flags, name } of nodes) {
        const step = [here('step.mjs'), '--child', threads, '--network', network];
        const sizes = ['--batch', batch, '--steps', '7'];
        note(taken, name, measure(program, [...flags, ...step, ...sizes]), yardstick);
      }
    }
    for (const [name, each] of taken) {
      const speed = summary(each.map((r) => r.imagesPerSecond));
      const share = summary(each.map((r) => r.share));
      rows.push({
        network,
        threads: Number(threads),
        with: name,
        imagesPerSecond: round(speed.median),
        spread: round(speed.spread),
        ofPyTorch: round(share.median, 2),
        shareSpread: round(share.spread, 2),
        peakMiB: Math.max(...each.map((r) => r.peakMiB)),
      });
    }
    console.table(rows.filter((row) => row.network === network && row.threads === Number(threads)));
  }
}
keep(values.name, { torch, batch: Number(batch), runs: Number(values.runs), rows });

function note(taken, name, result, yardstick) {
  const share = result.imagesPerSecond / yardstick.imagesPerSecond;
  taken.set(name, [...(taken.get(name) ?? []), { ...result, share }]);
}

/** What a child process prints in its last line. */
function measure(program, args) {
  const output = execFileSync(program, args, { encoding: 'utf8' });
  return JSON.parse(output.trim().split('\n').at(-1));
}

function here(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}
