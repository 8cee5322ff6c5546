import { shortly } from '../importOptional.js';
import type { WebgpuDevice } from './webgpuKernel.js';

/**
 * Tries something on a device whose errors are its own: nobody else hears of them.
 *
 * @param attempt Says what is wrong with its results, if anything.
 * @returns Nothing when all is right, else what went wrong, in a few words.
 */
export async function tryOn(
  device: WebgpuDevice,
  attempt: () => Promise<string | undefined>,
): Promise<string | undefined> {
  // A driver that cannot compile a shader is an internal error.
  device.pushErrorScope('internal');
  device.pushErrorScope('validation');
  const wrong = await attempt().catch(shortly);
  const errors = [await device.popErrorScope(), await device.popErrorScope()];
  const error = errors.find((one) => one !== null);
  return error ? shortly(error) : wrong;
}
