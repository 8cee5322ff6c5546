import '@tensorflow/tfjs-backend-cpu'; // what other backends are compared with
import * as tf from '@tensorflow/tfjs-core';
import { type BackendName, useBackend } from '../packages/backends/src/index.js';

/** Set by jest.config.mjs for each of the projects that run the suites of tensor ops. */
declare const BCL_TEST_BACKEND: BackendName | undefined;
const backend = typeof BCL_TEST_BACKEND === 'undefined' ? 'wasm' : BCL_TEST_BACKEND;

// Time enough for shaders that compile in software on a busy machine; no test waits for it otherwise.
jest.setTimeout(60_000);
// BCL_KERNELS=off: the suites of tensor ops on what TensorFlow.js itself has.
const { env } = process;
const off = env.BCL_KERNELS === 'off';
const allOff = { wasmKernelsOff: 'all', webgpuKernelsOff: 'all' } as const;
// No banner, and a count of each kernel's data. That count is wrong on tensorflow and on wasm without our kernels, whose clones, of what a
// gradient keeps, hold data of their own until it is there; so there only the banner goes, and memory is what each test counts itself.
tf.env().set(backend === 'tensorflow' || off ? 'PROD' : 'IS_TEST', true);
beforeAll(async () => {
  await useBackend(backend, off ? allOff : {});
});
// Each file of tests has an engine of its own, and so a device of its own.
afterAll(() => {
  const { webgpu } = tf.engine().registry as { webgpu?: { device?: { destroy(): void } } };
  webgpu?.device?.destroy();
});
// A scope around each test, so that tests leak nothing into each other.
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

type Close = { rtol?: number; atol?: number };

declare global {
  namespace jest {
    interface Matchers<R> {
      toBeAllClose(expected: tf.Tensor | ArrayLike<number>, options?: Close): R;
    }
  }
}

expect.extend({
  /** Every element within `atol + rtol · |expected|`; both default to float32's own noise. */
  async toBeAllClose(
    actual: tf.Tensor | ArrayLike<number>,
    expected: tf.Tensor | ArrayLike<number>,
    { rtol = 1e-5, atol = 1e-6 }: Close = {},
  ) {
    const a = await numbers(actual);
    const e = await numbers(expected);
    let worst = -1;
    let excess = 0;
    for (let i = 0; i < a.length; i++) {
      const off = Math.abs((a[i] as number) - (e[i] ?? Number.NaN));
      const over = off - rtol * Math.abs(e[i] ?? Number.NaN) - atol;
      if (!(over <= 0) && !(excess > over)) {
        worst = i;
        excess = over;
      }
    }
    const lengths = a.length === e.length;
    return {
      pass: lengths && worst < 0,
      message: () =>
        lengths
          ? `expected all of ${a.length} numbers close; worst at ${worst}: got ${a[worst]}, expected ${e[worst]}`
          : `expected ${e.length} numbers, got ${a.length}`,
    };
  },
});

async function numbers(x: tf.Tensor | ArrayLike<number>): Promise<number[]> {
  return Array.from(x instanceof tf.Tensor ? await x.data() : x);
}
