import * as tf from '@tensorflow/tfjs-core';
import { registerWebgpuKernels } from './registerWebgpuKernels.js';
import type { WebgpuBackend } from './webgpuKernel.js';

const ours = [
  'BclBetweenClass',
  'BclTakeImages',
  'BclGroupedConv2D',
  'Conv2DBackpropFilter',
  'Conv2DBackpropInput',
  'BclGroupedConv2DBackpropFilter',
  'BclGroupedConv2DBackpropInput',
  'BclBatchNorm',
  'BclBatchNormGrad',
  'BclFusedBatchNormGrad',
  'BclSgd',
  'BclAdam',
  'BclSumOfAll',
];

describe('registerWebgpuKernels', () => {
  test('names the kernels that are ours now', async () => {
    const { registered, reason } = await registerWebgpuKernels();
    expect(registered).toEqual(expect.arrayContaining(ours));
    expect(new Set(registered).size).toBe(registered.length);
    for (const name of registered) expect(tf.getKernel(name, 'webgpu')).toBeDefined();
    expect(reason).toBeUndefined();
  });

  test('does nothing when called again, from another backend too', async () => {
    const result = await registerWebgpuKernels();
    const before = registry();
    expect(await registerWebgpuKernels()).toEqual(result);
    await tf.setBackend('cpu');
    expect(await registerWebgpuKernels()).toEqual({
      registered: [],
      off: [],
      reason: 'the current backend is cpu, not webgpu',
    });
    await tf.setBackend('webgpu');
    expect(await registerWebgpuKernels()).toEqual(result);
    expect(registry()).toEqual(before);
  });

  test('switches kernels off by name, and on again', async () => {
    const all = await registerWebgpuKernels();
    const off = ['BclBatchNorm', 'Conv2DBackpropFilter'];
    const less = await registerWebgpuKernels({ off });
    expect([...less.off].sort()).toEqual(off);
    expect(less.registered).toEqual(all.registered.filter((name) => !off.includes(name)));
    expect(tf.getKernel('BclBatchNorm', 'webgpu')).toBeUndefined();
    expect(tf.getKernel('Conv2DBackpropFilter', 'webgpu')).toBeDefined();
    await expect(registerWebgpuKernels({ off: ['Conv3D'] })).rejects.toThrow(
      /^registerWebgpuKernels: off must name kernels of ours, or be 'all', got 'Conv3D'; there are Conv2D/,
    );
    expect(await registerWebgpuKernels()).toEqual(less);
    expect((await registerWebgpuKernels({ off: 'all' })).registered).toEqual([]);
    expect(await registerWebgpuKernels({ off: [] })).toEqual(all);
  });

  test.each<[string, (backend: WebgpuBackend) => object, RegExp]>([
    ['no way to run shaders', () => ({ runWebGPUProgram: undefined }), /\(no runWebGPUProgram\)/],
    ['no way to make tensors', () => ({ makeTensorInfo: undefined }), /\(no makeTensorInfo\)/],
    ['no device', () => ({ device: undefined }), /\(no device\); our kernels know 4\.22$/],
    [
      'shaders of another prelude',
      (backend) => ({
        runWebGPUProgram: (...[program, ...rest]: Parameters<typeof backend.runWebGPUProgram>) => {
          const code = program.getUserCode().replaceAll('localIndex', 'theirIndex');
          const other = { ...program, shaderKey: 'other', getUserCode: () => code };
          return backend.runWebGPUProgram(other, ...rest);
        },
      }),
      /\(.*unresolved value 'theirIndex'.*\)/,
    ],
    [
      'shaders that compute something else',
      (backend) => ({
        runWebGPUProgram: (...[program, ...rest]: Parameters<typeof backend.runWebGPUProgram>) => {
          const code = program.getUserCode().replace('+ x[index]', '+ 2.0 * x[index]');
          const other = { ...program, shaderKey: 'another', getUserCode: () => code };
          return backend.runWebGPUProgram(other, ...rest);
        },
      }),
      /\(a test gives 13,14,15\)/,
    ],
  ])('changes nothing for a backend with %s', async (_, change, reason) => {
    const before = registry();
    await withBackend(change, async () => {
      expect(await registerWebgpuKernels()).toEqual({
        registered: [],
        off: [],
        reason: expect.stringMatching(reason),
      });
      expect(registry()).toEqual(before);
    });
  });

  test('keeps no tensor', async () => {
    const { backend } = tf.engine();
    const before = [tf.memory().numTensors, backend.numDataIds()];
    await withBackend(
      () => ({}),
      async () => {
        expect((await registerWebgpuKernels()).registered).toEqual(expect.arrayContaining(ours));
      },
    );
    expect([tf.memory().numTensors, backend.numDataIds()]).toEqual(before);
  });
});

/** Everything registered for webgpu. */
function registry(): tf.KernelConfig[] {
  return tf.getKernelsForBackend('webgpu');
}

/** Runs `f` with the backend changed, as another object, then puts the true one and its kernels back. */
async function withBackend(
  change: (backend: WebgpuBackend) => object,
  f: () => Promise<void>,
): Promise<void> {
  const engine = tf.engine() as unknown as { backendInstance: tf.KernelBackend };
  const { backendInstance } = engine;
  const changed: Record<PropertyKey, unknown> = { ...change(backendInstance as WebgpuBackend) };
  engine.backendInstance = new Proxy(backendInstance, {
    get: (target, key) => (key in changed ? changed[key] : Reflect.get(target, key)),
  });
  try {
    await f();
  } finally {
    engine.backendInstance = backendInstance;
    await registerWebgpuKernels();
  }
}
