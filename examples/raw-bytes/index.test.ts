import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

test('the example hands over every mixed image of every epoch', () => {
  const output = execFileSync(process.execPath, [join(__dirname, 'index.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, EPOCHS: '2', IMAGES: '500' },
  });
  expect(output).toMatch(/epoch 1: 500 mixed images\nepoch 2: 500 mixed images/);
  expect(output).toMatch(/label rows sum to 1\.000/);
  expect(output).toMatch(/\d+ images\/s/);
});
