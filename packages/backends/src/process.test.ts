import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeBackends } from './index.js';

// What only a process of its own shows: the built package in plain Node, and its end.

const home = join(__dirname, '..');
const built = existsSync(join(home, 'dist', 'index.js'));
if (!built) console.warn('skipped: the package as built, pnpm build comes first');

/** Computes something, leaves some more on its way, and runs off its end. */
const script = (load: string, name: string) => `(async () => {
  const { useBackend } = await ${load};
  const tf = await import('@tensorflow/tfjs-core');
  tf.env().set('IS_TEST', true);
  const { name } = await useBackend('${name}');
  const a = tf.fill([64, 64], 2);
  const [first] = await tf.matMul(a, a).data();
  tf.matMul(a, a);
  console.log(name, first);
})();`;

(built ? describe : describe.skip)('the package as built', () => {
  test.each([
    ['wasm', 'ESM', `import('./dist/index.js')`],
    ['wasm', 'CommonJS', `require('./dist/index.cjs')`],
    ['webgpu', 'ESM', `import('./dist/index.js')`],
    ['webgpu', 'CommonJS', `require('./dist/index.cjs')`],
  ])(
    'computes on %s from %s, and lets its process end',
    async (name, _, load) => {
      const { backends } = await describeBackends();
      const { available, reason } = backends.find((each) => each.name === name) ?? {};
      if (!available) {
        console.warn(`skipped: ${name}: ${reason}`);
        return;
      }
      const { status, signal, stdout, stderr } = spawnSync(
        process.execPath,
        ['-e', script(load, name)],
        { cwd: home, encoding: 'utf8', timeout: 30_000 },
      );
      expect({ stdout, status, signal, stderr }).toMatchObject({
        stdout: `${name} 256\n`,
        status: 0,
        signal: null,
      });
    },
    40_000,
  );
});
