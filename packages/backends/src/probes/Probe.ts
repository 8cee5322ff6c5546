/** The backends that can be chosen, fastest kind first. */
export const backendNames = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;

/** A backend of TensorFlow.js that this library knows how to ready. */
export type BackendName = (typeof backendNames)[number];

/** What a WebGPU adapter says of itself. */
export interface AdapterReport {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  /** Whether it computes on the CPU (SwiftShader, llvmpipe, WARP). */
  software: boolean;
}

/** What one backend would run on here. */
export interface Found {
  available: true;
  /** `'gpu'`: a real one; `'software'`: a GPU imitated by the CPU. */
  kind: 'gpu' | 'software' | 'cpu';
  /** One phrase for people: the device, or what the CPU offers. */
  device: string;
  version?: string;
  adapter?: AdapterReport;
}

/** Why a backend cannot be used here, and the way out. */
export interface Missing {
  available: false;
  reason: string;
}

/** What looking for a backend brought: it loads its packages and asks for a device, no more. */
export type Probe = Found | Missing;
