import * as tf from '@tensorflow/tfjs-core';
import type { WebgpuBackend } from './webgpuKernel.js';

const device = () => (tf.backend() as WebgpuBackend).device;

describe('a device of which errors are told', () => {
  test('has the limits of its adapter', async () => {
    const { gpu } = (globalThis as unknown as { navigator: { gpu: Gpu } }).navigator;
    const { limits } = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    for (const name of [
      'maxBufferSize',
      'maxStorageBufferBindingSize',
      'maxComputeWorkgroupStorageSize',
      'maxComputeInvocationsPerWorkgroup',
      'maxStorageBuffersPerShaderStage',
    ] as const) {
      expect(device().limits[name as keyof WebgpuBackend['device']['limits']]).toBe(limits[name]);
    }
  });

  test('refuses a tensor that is too large, with the batch that fits', async () => {
    const images = tf.ones([20, 50, 50, 1]);
    const row = tf.ones([1, 1]);
    const before = tf.memory().numTensors;
    // The limits of a small device: those of SwiftShader are a gibibyte.
    const limits = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 20 };
    const own = { value: device().limits, configurable: true };
    Object.defineProperty(device(), 'limits', { value: limits, configurable: true });
    try {
      expect(() => tf.tile(images, [1, 1, 1, 8])).toThrow(
        'webgpu: a tensor must fit into a buffer of 1 MiB, the limit of this device, got 2 MiB for [20, 50, 50, 8]; 13 of its 20 would fit: use a batch of at most 13',
      );
      expect(() => tf.add(tf.tile(row, [1, 2 ** 18 + 1]), 1)).toThrow(
        /got 2 MiB for \[1, 262145\]; not one of its examples fits: use smaller images/,
      );
    } finally {
      Object.defineProperty(device(), 'limits', own);
    }
    expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 2); // what the test itself made
    await expect(tf.mean(tf.tile(images, [1, 1, 1, 8]))).toBeAllClose([1]);
  });

  test('still computes after a tensor that it refused', async () => {
    await expect(tf.add(tf.ones([2000]), 1)).toBeAllClose(Array(2000).fill(2));
  });
});

// The last: each ends the device of the tests.
test('an error of a shader is thrown where a tensor is read, and a lost device after that', async () => {
  const backend = tf.backend() as WebgpuBackend;
  const x = tf.add(tf.ones([3000]), 1);
  await x.data();
  const program = {
    variableNames: [],
    outputShape: [3000],
    workgroupSize: [64, 1, 1] as [number, number, number],
    dispatchLayout: { x: [0] },
    dispatch: [47, 1, 1] as [number, number, number],
    shaderKey: 'broken',
    getUserCode: () => 'fn main(index : i32) { this is no shader }',
  };
  const silence = jest.spyOn(console, 'warn').mockImplementation(() => {});
  const y = backend.runWebGPUProgram(program, [], 'float32');
  await expect(tf.engine().makeTensorFromTensorInfo(y).data()).rejects.toThrow(
    /^webgpu: the GPU reports an error \(Error while parsing WGSL.*results mean nothing/,
  );
  silence.mockRestore();
  const reading = tf.add(tf.ones([4000]), 1).data();
  device().destroy();
  await expect(reading).rejects.toThrow('webgpu: the GPU');
  await device().lost;
  await expect(tf.add(x, 1).data()).rejects.toThrow(
    /^webgpu: the GPU device was lost \(.+\), and all tensors with it; start the program again/,
  );
});

interface Gpu {
  requestAdapter(options: object): Promise<{ limits: Record<string, number> }>;
}
