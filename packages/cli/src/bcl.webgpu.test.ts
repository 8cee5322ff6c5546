import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const program = join(__dirname, '..', 'dist', 'bcl.js');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bcl-webgpu-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Takes one step on two images, and is tested on two; the smallest network there is. */
function train(backend: string, more = ''): { trainLoss: number; testLoss: number } {
  const few =
    '--limit 2 --test-limit 2 --batch-size 2 --epochs 1 --schedule constant --seed 3 --threads 1';
  // One thread: replicas would normalise an image each.
  const out = `${backend}${more.trim()}`;
  const settings = `train --model resnet32 --backend ${backend} --out ${out} ${few}${more}`;
  execFileSync(process.execPath, [program, ...settings.split(' ')], { cwd: folder });
  const config = JSON.parse(readFileSync(join(folder, out, 'config.json'), 'utf8'));
  expect(config.backend).toBe(backend);
  expect(config.resident).toBe(more === '' ? undefined : true);
  const lines = readFileSync(join(folder, out, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line)).find(({ type }) => type === 'epoch');
}

test('bcl train --backend webgpu trains as it does on wasm, and lets its process end', () => {
  const [onGpu, onWasm] = [train('webgpu'), train('wasm')];
  expect(train('webgpu', ' --resident').trainLoss).toBeCloseTo(onGpu.trainLoss, 4);
  expect(onGpu.trainLoss).toBeCloseTo(onWasm.trainLoss, 4);
  expect(onGpu.testLoss / onWasm.testLoss).toBeCloseTo(1, 2);
}, 600_000);
