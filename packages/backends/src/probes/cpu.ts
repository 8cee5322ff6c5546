import { importOptional, notImported } from '../importOptional.js';
import { versionMisfit } from '../versionMisfit.js';
import type { Probe } from './Probe.js';

/** Looks for the backend in plain JavaScript. */
export async function probeCpu(): Promise<Probe> {
  const imported = await importOptional<typeof import('@tensorflow/tfjs-backend-cpu')>(
    '@tensorflow/tfjs-backend-cpu',
    async () => {
      try {
        return await import('@tensorflow/tfjs-backend-cpu');
      } catch (error) {
        return notImported(error);
      }
    },
  );
  if (!imported.available) return imported;
  const misfit = versionMisfit('@tensorflow/tfjs-backend-cpu', imported.module.version_cpu);
  if (misfit) return { available: false, reason: misfit };
  return {
    available: true,
    kind: 'cpu',
    device: 'CPU, plain JavaScript: right, and far too slow to train with',
    version: imported.module.version_cpu,
  };
}
