// Training on a GPU: images/s and TFLOP/s of bench/step.mjs on the webgpu backend, with batches that the host makes, with images that
// are resident on the device, and with operands of the gradients' products stored in 16 bits or shared in subgroups, and of bench/step.py
// on the same GPU, in float32 and with its products in TF32, by turns within one run.
// What is not here, PyTorch or a GPU that it can use, is said and left out. Without a GPU name a software one (CONTRIBUTING.md): webgpu is
// then a CPU that plays GPU.
//
//     node bench/gpu.mjs [--networks convnet,resnet18,shakeShake] [--batch 128] [--steps 40] [--runs 3] [--python python3]
//         [--device cuda | cpu]                             # PyTorch's
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { useSwiftShaderWithoutGpu } from '../test-support/backends.mjs';
import { keep, round, summary } from './measure.mjs';

const { values } = parseArgs({
  options: {
    networks: { type: 'string', default: 'convnet,resnet18,shakeShake' },
    batch: { type: 'string', default: '128' },
    steps: { type: 'string', default: '40' },
    runs: { type: 'string', default: '3' },
    python: { type: 'string', default: 'python3' },
    device: { type: 'string', default: 'cuda' },
  },
});
const { batch, steps, python, device } = values;
const webgpu = [process.execPath, here('step.mjs'), '--child', '1', '--backend', 'webgpu'];
const pytorch = [python, here('step.py')];

/** The command of each way to train a network. */
const ways = {
  webgpu: (network) => [...webgpu, '--network', network, '--batch', batch, '--steps', steps],
  'webgpu, resident': (network) => [...ways.webgpu(network), '--resident'],
  'webgpu, f16': (network) => [...ways.webgpu(network), '--flags', 'BCL_WEBGPU_F16'],
  'webgpu, subgroups': (network) => [...ways.webgpu(network), '--flags', 'BCL_WEBGPU_SUBGROUPS'],
  PyTorch: (network) => [...pytorch, network, batch, '--steps', steps, '--device', device],
  ...(device === 'cuda'
    ? { 'PyTorch, TF32': (network) => [...ways.PyTorch(network), '--tf32'] }
    : {}),
};

useSwiftShaderWithoutGpu();
const failures = [];
const rows = [];
for (const network of values.networks.split(',')) {
  rows.push(...compare(network));
  console.table(rows.filter((row) => row.network === network));
}
keep('gpu', { batch: Number(batch), steps: Number(steps), runs: Number(values.runs), rows });
// Without PyTorch there is no yardstick, and not every GPU has subgroups; without ours there is no result.
if (failures.includes('webgpu')) process.exitCode = 1;

/** Trains a network in all ways by turns; a way that fails is said, and not tried again with this network. */
function compare(network) {
  const taken = new Map(Object.keys(ways).map((way) => [way, []]));
  for (let run = 0; run < Number(values.runs); run++) {
    for (const way of [...taken.keys()]) {
      const { result, failure } = measure(ways[way](network));
      if (result) {
        taken.get(way).push(result);
      } else {
        console.error(`${network} by ${way} is left out: ${failure}`);
        failures.push(way);
        taken.delete(way);
      }
    }
  }
  const [, ours] = [...taken].find(([way]) => way.startsWith('webgpu')) ?? [];
  const yardstick = taken.get('PyTorch');
  return [...taken].map(([way, all]) => {
    const { median, spread } = summary(all.map((r) => r.imagesPerSecond));
    return {
      network,
      with: way.replace('PyTorch', `PyTorch ${all[0].version}`),
      device: all[0].device,
      imagesPerSecond: round(median),
      spread: round(spread),
      ...(ours ? { tflops: round((median * ours[0].gflopPerImage) / 1000, 4) } : {}),
      ...(yardstick ? { ofPyTorch: round(ratio(all, yardstick), 3) } : {}),
    };
  });
}

/** Median of the speed beside that of a yardstick in the same turn. */
function ratio(all, yardstick) {
  return summary(all.map((r, i) => r.imagesPerSecond / yardstick[i].imagesPerSecond)).median;
}

/** What a command prints in its last line, or the last line of its complaint. */
function measure([program, ...args]) {
  const { error, status, signal, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return { result: JSON.parse(stdout.trim().split('\n').at(-1)) };
  const complaint = stderr?.trim().split('\n').filter(Boolean);
  return { failure: error?.message ?? reason(complaint) ?? `ended with ${signal ?? status}` };
}

/** The line that names an error, of what Node or Python prints around it. */
function reason(lines) {
  return lines?.find((line) => /^(\w*Error|step\.py)\b/.test(line)) ?? lines?.at(-1);
}

function here(name) {
  return fileURLToPath(new URL(name, import.meta.url));
}
