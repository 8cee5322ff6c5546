import * as tf from '@tensorflow/tfjs-core';
import { importInNode, importOptional } from '../importOptional.js';
import { nodeProcess } from '../node.js';
import type { Probe } from './Probe.js';

/** What tfjs-node and tfjs-node-gpu have in common, as far as we look. */
interface TfjsNode {
  version?: Record<string, string>;
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
    const active = tf.getBackend();
    const imported = await importOptional<TfjsNode>(name, () => importInNode(name));
    if (!imported.available) {
      reasons.push(imported.reason);
      continue;
    }
    // These packages make themselves the backend when they are imported; we only look here.
    if (active && active !== tf.getBackend()) await tf.setBackend(active);
    const backend = tf.findBackend('tensorflow') as { isUsingGpuDevice?: boolean } | null;
    if (!backend) {
      reasons.push(`${name} loads but registers no backend; reinstall it (npm install ${name})`);
      continue;
    }
    const kind = backend.isUsingGpuDevice ? 'gpu' : 'cpu';
    const version = imported.module.version?.['tfjs-node'];
    return {
      available: true,
      kind,
      device: `${kind === 'gpu' ? 'GPU (CUDA)' : 'CPU, all cores'} through ${name}`,
      ...(version ? { version } : {}),
    };
  }
  const absent = reasons.every((reason) => reason.includes('is not installed'));
  return {
    available: false,
    reason: absent
      ? `neither ${NODE_GPU} nor ${NODE} is installed; npm install ${NODE} (it downloads libtensorflow)`
      : reasons.filter((reason) => !reason.includes('is not installed')).join('; '),
  };
}
