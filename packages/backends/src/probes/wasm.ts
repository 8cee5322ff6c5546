import { importOptional, notImported } from '../importOptional.js';
import { versionMisfit } from '../versionMisfit.js';
import { wasmFeatures } from '../wasmFeatures.js';
import type { Probe } from './Probe.js';

/** Looks for the wasm backend. Its `.wasm` file is fetched only when the backend is readied. */
export async function probeWasm(): Promise<Probe> {
  if (typeof WebAssembly !== 'object') {
    return { available: false, reason: 'this JavaScript engine has no WebAssembly' };
  }
  const imported = await importWasm();
  if (!imported.available) return imported;
  const misfit = versionMisfit('@tensorflow/tfjs-backend-wasm', imported.module.version_wasm);
  if (misfit) return { available: false, reason: misfit };
  const { simd } = wasmFeatures();
  return {
    available: true,
    kind: 'cpu',
    device: simd ? 'CPU, SIMD' : 'CPU, no SIMD',
    version: imported.module.version_wasm,
  };
}

/** The package of the wasm backend, or why it does not load. */
export function importWasm(): ReturnType<
  typeof importOptional<typeof import('@tensorflow/tfjs-backend-wasm')>
> {
  return importOptional('@tensorflow/tfjs-backend-wasm', async () => {
    try {
      return await import('@tensorflow/tfjs-backend-wasm');
    } catch (error) {
      return notImported(error);
    }
  });
}
