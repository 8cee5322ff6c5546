import { probeCpu } from './cpu.js';
import type { BackendName, Probe } from './Probe.js';
import { probeTensorflow } from './tensorflow.js';
import { probeWasm } from './wasm.js';
import { probeWebgpu } from './webgpu.js';

/** How each backend is looked for. */
export const probes: Record<BackendName, () => Promise<Probe>> = {
  tensorflow: probeTensorflow,
  webgpu: probeWebgpu,
  wasm: probeWasm,
  cpu: probeCpu,
};
