import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capturedOutput } from '../testing/capturedOutput.js';
import { writeTinyRun } from '../testing/writeTinyRun.js';
import { testRun } from './testRun.js';

const names = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship'];
const images = 4;

const written = capturedOutput();
let root: string;
let run: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'bcl-test-run-'));
  run = join(root, 'run');
  writeCifar(join(root, 'cifar'));
  writeFileSync(join(root, 'people.npy'), people());
  await writeTinyRun(run, { source: join(root, 'cifar') });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const flags = { batchSize: 128, backend: 'wasm', checkpoint: 'last' } as const;

test('says how near a network is to what people said', async () => {
  await testRun(run, { ...flags, softLabels: join(root, 'people.npy') });
  const [accuracy, , , , soft] = written().split('\n');
  expect(accuracy).toMatch(/^accuracy: \d+\.\d\d %$/);
  // Eight of ten said the class, two the next one.
  const entropy = -0.8 * Math.log(0.8) - 0.2 * Math.log(0.2);
  expect(soft).toMatch(
    /^cross-entropy against soft labels: 2\.[23]\d+ \(their own entropy: (0\.5004)\)$/,
  );
  expect(entropy.toFixed(4)).toBe('0.5004');
  expect(written()).toContain(`on ${images} test images of cifar10h`);
});

test('says what is left under an attack, after what there is without', async () => {
  await testRun(run, { ...flags, attack: 'pgd', epsilon: 8 / 255, steps: 2 });
  const losses = [...written().matchAll(/^loss.*: (\d+\.\d+)$/gm)].map(([, loss]) => Number(loss));
  expect(losses).toHaveLength(2);
  const [clean, attacked] = losses;
  expect(attacked).toBeGreaterThan(clean as number);
  expect(written()).toMatch(/^accuracy under pgd, epsilon 8\/255, 2 steps of 10\/255: /m);
});

test('refuses soft labels of other images', async () => {
  const softLabels = join(root, 'people.npy');
  await expect(testRun(run, { ...flags, data: 'embedded', softLabels })).rejects.toThrow(
    'embedded',
  );
});

/** CIFAR-10 of a few images: record i of the test part is of class i. */
function writeCifar(folder: string): void {
  mkdirSync(folder);
  const record = (label: number) =>
    Buffer.from([label, ...Array.from({ length: 3072 }, (_, i) => (37 * i + 91 * label) % 256)]);
  for (let i = 1; i <= 5; i++) writeFileSync(join(folder, `data_batch_${i}.bin`), record(i));
  const test = Array.from({ length: images }, (_, label) => record(label));
  writeFileSync(join(folder, 'test_batch.bin'), Buffer.concat(test));
  writeFileSync(join(folder, 'batches.meta.txt'), [...names, 'truck', '', ''].join('\n'));
}

/** An .npy file of counts: of ten people eight said the class of an image and two the next. */
function people(): Buffer {
  const head = `{'descr': '<i8', 'fortran_order': False, 'shape': (${images}, 10), }`;
  const text = `${head.padEnd(128 - 11)}\n`;
  const prefix = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]);
  const counts = Array.from({ length: images * 10 }, (_, i) => {
    const [image, k] = [Math.floor(i / 10), i % 10];
    return BigInt(k === image ? 8 : k === image + 1 ? 2 : 0);
  });
  return Buffer.concat([prefix, Buffer.from(text), Buffer.from(BigInt64Array.from(counts).buffer)]);
}
