import * as tf from '@tensorflow/tfjs-core';
import { findPackage } from '../findPackage.js';
import { importInNode, importOptional } from '../importOptional.js';
import { nodeModule, nodeProcess } from '../node.js';
import { versionMisfit } from '../versionMisfit.js';
import type { Missing, Probe } from './Probe.js';

/** What tfjs-node and tfjs-node-gpu have in common, as far as we look. */
interface TfjsNode {
  version?: Record<string, string>;
}

/** Their backend; `binding` is the addon. */
interface NodeBackend {
  isUsingGpuDevice?: boolean;
  binding?: { TF_Version?: string };
}

const NODE_GPU = '@tensorflow/tfjs-node-gpu';
const NODE = '@tensorflow/tfjs-node';

/** Looks for TensorFlow's C library behind tfjs: the package for GPUs first, which also runs without one. */
export async function probeTensorflow(): Promise<Probe> {
  if (!nodeProcess()) {
    return {
      available: false,
      reason: 'TensorFlow’s C library runs in Node alone, not in a browser',
    };
  }
  const reasons: string[] = [];
  for (const name of [NODE_GPU, NODE]) {
    const probe = await probePackage(name);
    if (probe.available) return probe;
    if (!probe.reason.includes('is not installed')) reasons.push(probe.reason);
  }
  return {
    available: false,
    reason:
      reasons.join('; ') ||
      `neither ${NODE_GPU} nor ${NODE} is installed; npm install ${NODE} (it downloads libtensorflow)`,
  };
}

async function probePackage(name: string): Promise<Probe> {
  // Before it is imported, where that can be: it would put kernels and gradients of its version in the place of ours.
  const early = versionMisfit(name, findPackage(name)?.version);
  if (early) return missing(early);
  restoreUtil();
  const active = tf.getBackend();
  const imported = await importOptional<TfjsNode>(
    name,
    () => importInNode(name),
    (message) => explainTensorflow(name, message),
  );
  if (!imported.available) return imported;
  // These packages make themselves the backend when they are imported; we only look here.
  if (active && active !== tf.getBackend()) await tf.setBackend(active);
  const { version } = imported.module;
  const misfit = versionMisfit(name, version?.['tfjs-core']);
  if (misfit) return missing(misfit);
  const backend = tf.findBackend('tensorflow') as NodeBackend | null;
  if (!backend) {
    return missing(`${name} loads but registers no backend; reinstall it (npm install ${name})`);
  }
  const library = backend.binding?.TF_Version;
  const kind = backend.isUsingGpuDevice ? 'gpu' : 'cpu';
  const note = kind === 'gpu' ? undefined : whyNoGpu(name);
  return {
    available: true,
    kind,
    device: `${kind === 'gpu' ? 'GPU (CUDA)' : 'CPU, all cores'} through ${name}${library ? `, libtensorflow ${library}` : ''}${note ? `; no GPU: ${note}` : ''}`,
    ...(version?.['tfjs-node'] ? { version: version['tfjs-node'] } : {}),
  };
}

/** What the errors of these packages mean, which name neither the cause nor a way out that works everywhere. */
function explainTensorflow(name: string, message: string): string | undefined {
  const link =
    'bcl doctor --link-tensorflow <folder> builds one for the TensorFlow of a pip install';
  if (/tfjs_binding\.node.* can ?not be found/.test(message)) {
    return `${name} is installed without its addon: its install script did not run, or found nothing to download for this machine; npm rebuild ${name}, or ${link}`;
  }
  const library = /(\S+\.so[.\d]*): cannot open shared object file/.exec(message)?.[1];
  if (library) {
    const cuda = /^lib(cu|nv)/.test(library) ? ' of CUDA' : '';
    return `${name} is installed, but ${library}${cuda}, which it is linked with, is not found; npm install ${name} brings its own, ${link}`;
  }
  const symbol = /undefined symbol: (\w+)/.exec(message)?.[1];
  if (symbol) {
    return `${name} is installed, but its addon and its libtensorflow do not fit (no ${symbol}); npm install ${name} brings both, ${link}`;
  }
  const system = /version [`'](\w+_[\d.]+)' not found/.exec(message)?.[1];
  if (system) return `${name} is installed, but wants a newer system, with ${system}`;
  return undefined;
}

/** Why TensorFlow takes no GPU, where there is something to say. */
function whyNoGpu(name: string): string | undefined {
  if (nodeProcess()?.platform !== 'linux') return undefined;
  const fs = nodeModule<typeof import('node:fs')>('node:fs');
  if (fs?.existsSync('/proc/driver/nvidia/version')) {
    return name === NODE_GPU
      ? 'an NVIDIA driver is loaded, but not the CUDA and cuDNN that this libtensorflow was built for, as its own lines say'
      : `an NVIDIA driver is loaded; npm install ${NODE_GPU}`;
  }
  return name === NODE_GPU ? 'no NVIDIA driver is loaded' : undefined;
}

/** Two functions that tfjs-node 4.22 calls in every kernel and that Node took away in version 23. */
function restoreUtil(): void {
  const util = nodeModule<Record<string, unknown>>('node:util');
  if (!util) return;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

function missing(reason: string): Missing {
  return { available: false, reason };
}
