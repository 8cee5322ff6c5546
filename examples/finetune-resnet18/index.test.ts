import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { type GoldenNetwork, goldenFile } from '../../packages/models/src/testing/golden.js';
import { GoldenRule } from '../../packages/models/src/testing/goldenRule.js';
import { zipPth } from '../../packages/models/src/testing/pthFile.js';

jest.setTimeout(180_000); // 45 MB of weights are made, on a machine that does other things as well

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bcl-finetune-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the example loads a .pth, trains on a folder of pictures and saves what it learnt', async () => {
  const golden = goldenFile<GoldenNetwork>('models/resnet18.json');
  const rule = new GoldenRule(golden.salt);
  const tensors = golden.tensors.map(([name, shape]) => {
    const whole = name.endsWith('num_batches_tracked');
    return { name, shape, values: whole ? new BigInt64Array(1) : rule.weight(name, shape, 1) };
  });
  const weights = join(folder, 'resnet18.pth');
  writeFileSync(weights, await zipPth(tensors));
  await drawPictures(join(folder, 'pictures'));

  const out = join(folder, 'tuned.safetensors');
  const program = join(__dirname, 'index.mjs');
  const output = execFileSync(process.execPath, [program, weights, join(folder, 'pictures')], {
    encoding: 'utf8',
    env: { ...process.env, EPOCHS: '1', SIZE: '32', BATCH: '8', OUT: out },
  });
  expect(output).toMatch(/^16 pictures of 2 classes: blue, red$/m);
  expect(output).toMatch(/^100 weights loaded, fc\.weight and fc\.bias drawn anew$/m);
  expect(output).toMatch(/^epoch 1: loss \d+\.\d+, accuracy \d+\.\d\d %$/m);
  expect(output).toMatch(/^saved as .*tuned\.safetensors/m);
});

/** Pictures of two colours, one of which is the class. */
async function drawPictures(root: string): Promise<void> {
  for (const [split, count] of [
    ['train', 8],
    ['test', 2],
  ] as const) {
    for (const [name, color] of Object.entries({ red: '#c33', blue: '#33c' })) {
      const home = join(root, split, name);
      mkdirSync(home, { recursive: true });
      for (let i = 0; i < count; i++) {
        const size = { width: 40 + i, height: 40, channels: 3 } as const;
        await sharp({ create: { ...size, background: color } })
          .png()
          .toFile(join(home, `${i}.png`));
      }
    }
  }
}
