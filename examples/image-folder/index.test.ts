import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

test('the example runs to its end and prints an accuracy', () => {
  const output = execFileSync(process.execPath, [join(__dirname, 'index.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, EPOCHS: '1', IMAGES: '256' },
  });
  expect(output).toMatch(/256 pictures of 10 classes to train on, 64 to test on/);
  expect(output).toMatch(/epoch 1: loss \d/);
  expect(output).toMatch(/accuracy: \d+\.\d\d %/);
});
