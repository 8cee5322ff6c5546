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

/** Keeps tensors of 256 MiB, with room for two, and for what the program needs besides. */
const outOfMemory = `(async () => {
  const { execFileSync } = require('node:child_process');
  const { readFileSync } = require('node:fs');
  const { useBackend } = await import('./dist/index.js');
  const tf = await import('@tensorflow/tfjs-core');
  tf.env().set('IS_TEST', true);
  await useBackend('webgpu');
  await tf.sum(tf.fill([64, 64], 1)).data();
  const now = 1024 * Number(/VmSize:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
  execFileSync('prlimit', ['--pid', String(process.pid), '--as=' + (now + 700 * 2 ** 20)]);
  const kept = [];
  try {
    for (let i = 0; i < 8; i++) {
      kept.push(tf.fill([64, 1024, 1024], 1));
      await tf.max(kept[i]).data();
    }
    console.log('kept', kept.length);
  } catch (error) {
    console.log(error.message);
  }
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

  test('says on webgpu that memory has run out, where there is no more', async () => {
    const { backends } = await describeBackends();
    const { available, adapter, reason } = backends.find(({ name }) => name === 'webgpu') ?? {};
    // A GPU in software has no memory but its process's, which can be limited.
    const prlimit = spawnSync('prlimit', ['--version']).status === 0;
    if (!available || !adapter?.software || !prlimit) {
      console.warn(
        `skipped: ${reason ?? 'wants a GPU in software, and prlimit (Debian: util-linux)'}`,
      );
      return;
    }
    const { stdout, status } = spawnSync(process.execPath, ['-e', outOfMemory], {
      cwd: home,
      encoding: 'utf8',
      timeout: 50_000,
    });
    // Dawn prints what it met too.
    expect({ said: stdout.trim().split('\n').at(-1), status }).toEqual({
      said: expect.stringMatching(
        /^webgpu: the GPU has no memory left \(vkAllocateMemory failed with \w+\); use a smaller batch$/,
      ),
      status: 0,
    });
  }, 60_000);
});
