import { type BackendsReport, findPackage } from '@bcl/backends';
import { say } from '../format.js';
import { type Answer, askSelf } from './askSelf.js';
import { type Diagnosis, doctorText, speedText } from './doctorText.js';
import { drivers } from './drivers.js';

/** Packages that take part in computing. */
const packageNames = [
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-node-gpu',
  'webgpu',
];

/**
 * Prints what this machine computes with, and how fast it is.
 *
 * @param speed Whether to measure each backend, for about two seconds.
 * @throws Error when not even a look at the backends comes to its end.
 */
export async function doctor({ speed = true }: { speed?: boolean } = {}): Promise<void> {
  const look = await askSelf<BackendsReport>('look', 60);
  if ('failure' in look) {
    throw new Error(
      `doctor: the look at the backends failed: ${look.failure}; bcl doctor --ask look shows all that they print`,
    );
  }
  const width = Math.max(60, process.stdout.columns ?? 100);
  const found = drivers();
  const diagnosis: Diagnosis = {
    report: look.answer,
    machine: `Node ${process.version}, ${process.platform} ${process.arch}`,
    packages: packageNames.map((name) => ({ name, version: findPackage(name)?.version })),
    ...(found ? { drivers: found } : {}),
  };
  say(doctorText(diagnosis, width));
  if (!speed) return;
  const { backends, threads } = look.answer;
  say();
  say('speed        a 3×3 convolution of 64 channels with both gradients, GFLOP/s');
  for (const { name, available } of backends) {
    if (!available) continue;
    const answer: Answer<number> = await askSelf(`speed-${name}`, 120);
    say(speedText(name, answer, threads, width));
  }
}
