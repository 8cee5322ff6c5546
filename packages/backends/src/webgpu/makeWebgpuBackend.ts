import * as tf from '@tensorflow/tfjs-core';
import { importWebgpu } from '../probes/webgpu.js';

/** The parts of WebGPU that it takes to open a device. */
interface Adapter {
  features: { has(name: string): boolean };
  limits: Record<string, number>;
  info?: object;
  requestDevice(descriptor: {
    requiredFeatures: string[];
    requiredLimits: Record<string, number>;
  }): Promise<object>;
}
type Navigator = { gpu: { requestAdapter(options: object): Promise<Adapter | null> } };
type Constructor = new (device: object, info?: object) => tf.KernelBackend;

/** What the backend and our kernels can use, of what an adapter has. */
const features = ['timestamp-query', 'bgra8unorm-storage', 'subgroups'];
const limits = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
  'maxStorageBuffersPerShaderStage',
];

/**
 * The backend of TensorFlow.js on a device that has the adapter's limits and features. Its own factory (4.22) leaves out subgroups, and the
 * number of buffers of a shader at the least that WebGPU promises.
 *
 * @throws Error when the package or an adapter is missing, or the adapter gives no device.
 */
export async function makeWebgpuBackend(): Promise<tf.KernelBackend> {
  const imported = await importWebgpu();
  if (!imported.available) throw new Error(imported.reason);
  const { WebGPUBackend } = imported.module;
  const { gpu } = (globalThis as unknown as { navigator: Navigator }).navigator;
  const lowPower = tf.env().getBool('WEBGPU_USE_LOW_POWER_GPU');
  const powerPreference = lowPower ? 'low-power' : 'high-performance';
  const adapter = await gpu.requestAdapter({ powerPreference });
  if (!adapter) throw new Error('the adapter is gone');
  const device = await adapter.requestDevice({
    requiredFeatures: features.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(
      limits.flatMap((name) => {
        const limit = adapter.limits[name];
        return limit === undefined ? [] : [[name, limit]];
      }),
    ),
  });
  return new (WebGPUBackend as unknown as Constructor)(device, adapter.info);
}
