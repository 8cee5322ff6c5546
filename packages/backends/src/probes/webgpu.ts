import * as tf from '@tensorflow/tfjs-core';
import { importInNode, importOptional, notImported, shortly } from '../importOptional.js';
import { nodeModule, nodeProcess } from '../node.js';
import { packageVersion } from '../packageVersion.js';
import { versionMisfit } from '../versionMisfit.js';
import type { AdapterReport, Missing, Probe } from './Probe.js';

/** The parts of `navigator.gpu` that we use: WebGPU's types come with no library that we need. */
interface Gpu {
  requestAdapter(options?: { powerPreference?: string }): Promise<GpuAdapter | null>;
}
interface GpuAdapter {
  info?: Partial<Record<keyof AdapterReport, string>> & { isFallbackAdapter?: boolean };
  isFallbackAdapter?: boolean;
}
/** The npm package `webgpu`: Dawn, Chromium's WebGPU, for Node. */
type Dawn = typeof import('webgpu');

const BACKEND = '@tensorflow/tfjs-backend-webgpu';

/**
 * Looks for a WebGPU adapter and for the backend that uses it. In Node this puts `navigator.gpu` and
 * WebGPU's constants in place, from the npm package `webgpu`, and only when there is an adapter.
 */
export async function probeWebgpu(): Promise<Probe> {
  const gpu = await findGpu();
  if ('reason' in gpu) return gpu;
  let adapter: GpuAdapter | null;
  try {
    // The same wish as the backend's own.
    adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch (error) {
    return { available: false, reason: `asking for a WebGPU adapter failed: ${shortly(error)}` };
  }
  if (!adapter) return { available: false, reason: noAdapter() };
  placeGpu(gpu);
  const imported = await importWebgpu();
  if (!imported.available) return imported;
  const version = packageVersion(BACKEND);
  const misfit = versionMisfit(BACKEND, version);
  if (misfit) return { available: false, reason: misfit };
  if (!tf.findBackendFactory('webgpu')) {
    return {
      available: false,
      reason: `${BACKEND} was imported before navigator.gpu was there; call useBackend first and do not import it`,
    };
  }
  const report = describeAdapter(adapter);
  return {
    available: true,
    kind: report.software ? 'software' : 'gpu',
    device: report.description || report.device || report.architecture || 'a WebGPU adapter',
    adapter: report,
    ...(version ? { version } : {}),
  };
}

/** The package of the webgpu backend, or why it does not load. */
export function importWebgpu(): ReturnType<
  typeof importOptional<typeof import('@tensorflow/tfjs-backend-webgpu')>
> {
  return importOptional(BACKEND, async () => {
    try {
      return await import('@tensorflow/tfjs-backend-webgpu');
    } catch (error) {
      return notImported(error);
    }
  });
}

/**
 * Whether this machine can have a GPU at all. Only Linux can say so for certain and at no cost, from its
 * device files; loading Vulkan to learn the same takes longer and prints its drivers' complaints.
 */
export function mayHaveGpu(): boolean {
  const node = nodeProcess();
  if (node?.platform !== 'linux' || hasBrowserGpu()) return true;
  const fs = nodeModule<typeof import('node:fs')>('node:fs');
  if (!fs) return true;
  try {
    // Mesa and most others; NVIDIA; Windows' subsystem for Linux; Arm and Qualcomm.
    return fs.readdirSync('/dev').some((name) => /^(dri|nvidia\d*|dxg|mali\d*|kgsl.*)$/.test(name));
  } catch {
    return true;
  }
}

/** What an adapter says of itself. */
export function describeAdapter(adapter: GpuAdapter): AdapterReport {
  const { vendor = '', architecture = '', device = '', description = '' } = adapter.info ?? {};
  const fallback = adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
  const software =
    fallback ||
    /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i.test(
      `${vendor} ${architecture} ${device} ${description}`,
    );
  return { vendor, architecture, device, description, software };
}

/** The browser's WebGPU, or one that an earlier call put in place, or a new one from Dawn. */
async function findGpu(): Promise<Gpu | Missing> {
  const { navigator } = globalThis as { navigator?: { gpu?: Gpu } };
  if (navigator?.gpu) return navigator.gpu;
  if (!nodeProcess()) {
    return {
      available: false,
      reason:
        'this browser offers no WebGPU here; it wants a recent browser and a page served by https or from localhost',
    };
  }
  const dawn = await importOptional<Dawn>('webgpu', () => importInNode('webgpu'));
  if (!dawn.available) return dawn;
  const { create, globals } = dawn.module;
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis)) define(globalThis, name, value);
  }
  return create([]);
}

/** Makes a GPU of Dawn's what tfjs looks for, `navigator.gpu`; Node 20 has no `navigator` of its own. */
function placeGpu(gpu: Gpu): void {
  if (hasBrowserGpu()) return;
  if (!('navigator' in globalThis)) {
    define(globalThis, 'navigator', { userAgent: `Node.js/${nodeProcess()?.version.slice(1)}` });
  }
  define((globalThis as unknown as { navigator: object }).navigator, 'gpu', gpu);
}

function hasBrowserGpu(): boolean {
  return Boolean((globalThis as { navigator?: { gpu?: Gpu } }).navigator?.gpu);
}

function noAdapter(): string {
  const wanted = 'WebGPU found no adapter: it wants a GPU with its driver';
  if (nodeProcess()?.platform !== 'linux') return wanted;
  return `${wanted} for Vulkan (and Debian’s libvulkan1); for one in software, slow but exact, set VK_DRIVER_FILES and VK_ICD_FILENAMES to its ICD file (Debian’s chromium brings /usr/lib/chromium/vk_swiftshader_icd.json)`;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
