import * as tf from '@tensorflow/tfjs-core';

/**
 * Why a package of TensorFlow.js does not go with the tfjs-core that computes here; nothing when it does. They are
 * released together and use each other's inner workings: kernels of one version fail on tensors of another.
 *
 * @param found Version of it, or of the tfjs-core that it brought; nothing where it cannot be known.
 */
export function versionMisfit(name: string, found: string | undefined): string | undefined {
  const core = tf.version_core;
  if (found === undefined || minor(found) === minor(core)) return undefined;
  return `${name} is of TensorFlow.js ${found} and @tensorflow/tfjs-core of ${core}, which do not go together; npm install ${name}@${core}`;
}

/** `4.22` of `4.22.0`. */
function minor(version: string): string {
  return version.split('.', 2).join('.');
}
