import * as tf from '@tensorflow/tfjs-core';
import { useBackend } from '../useBackend.js';
import { registerWasmKernels } from './registerWasmKernels.js';
import { revectorize } from './revectorize.js';

const can = process.arch === 'x64' && Number.parseInt(process.versions.v8, 10) >= 13;
const refusal = `wasm backend: revectorize wants Node 24 or later on x86-64, got Node ${process.version} on ${process.arch}; leave it out`;
const { BCL_REVECTORIZE: before } = process.env;

afterEach(() => {
  process.env.BCL_REVECTORIZE = before;
  if (before === undefined) delete process.env.BCL_REVECTORIZE;
});

test('is left alone where it is not asked for', () => {
  process.env.BCL_REVECTORIZE = '0';
  expect(revectorize(false)).toBe(false);
  expect(revectorize()).toBe(process.execArgv.includes('--experimental-wasm-revectorize'));
});

test.each<[string, () => boolean]>([
  ['by name', () => revectorize(true)],
  [
    'by the environment',
    () => {
      process.env.BCL_REVECTORIZE = '1';
      return revectorize();
    },
  ],
])('asked for %s it is there from Node 24 on, and refused before', (_, ask) => {
  if (can) expect(ask()).toBe(true);
  else expect(ask).toThrow(new Error(refusal));
});

test('auto does not take a slower backend because of it', async () => {
  const { revectorized } = await registerWasmKernels();
  const asked = useBackend('auto', { revectorize: true });
  if (!can) await expect(asked).rejects.toThrow(new Error(refusal));
  else if (!revectorized) await expect(asked).rejects.toThrow(/before the kernels are first used/);
  else expect((await asked).name).toBe('wasm');
  await expect(useBackend('auto', { wasmKernelsOff: ['Conv9D'] })).rejects.toThrow(
    /off must name kernels of ours, or be 'all', got 'Conv9D'/,
  );
  expect(tf.getBackend()).toBe('wasm');
});

test('is refused in a browser, which has no such flag', () => {
  const { versions } = process;
  Object.defineProperty(process, 'versions', { value: {}, configurable: true });
  try {
    expect(() => revectorize(true)).toThrow(/got a browser; leave it out$/);
    expect(revectorize()).toBe(false);
  } finally {
    Object.defineProperty(process, 'versions', { value: versions, configurable: true });
  }
});

test('comes too late for kernels that are compiled', async () => {
  const { revectorized } = await registerWasmKernels();
  const late = registerWasmKernels({ revectorize: true });
  if (revectorized) expect((await late).revectorized).toBe(true);
  else await expect(late).rejects.toThrow(/must be asked for before the kernels are first used/);
});
