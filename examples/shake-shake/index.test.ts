import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

test('the example trains the short Shake-Shake and prints an accuracy', () => {
  const output = execFileSync(process.execPath, [join(__dirname, 'index.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, EPOCHS: '1', IMAGES: '128', WIDTH: '8' },
  });
  expect(output).toMatch(/^epoch 1: loss \d+\.\d+, accuracy \d+\.\d\d %$/m);
});
