import * as tf from '@tensorflow/tfjs-core';

/** What TensorFlow.js 4.22 packs, and whether it packs at all. */
const FLAGS = [
  '',
  'NORMALIZATION',
  'CLIP',
  'DEPTHWISECONV',
  'BINARY_OPERATIONS',
  'UNARY_OPERATIONS',
]
  .concat(['ARRAY_OPERATIONS', 'IMAGE_OPERATIONS', 'REDUCE'])
  .map((what) => (what ? `WEBGL_PACK_${what}` : 'WEBGL_PACK'));

/**
 * Has the webgl backend put one number into a texel, from here on; does nothing on others. It puts four into each, and in layers of an odd
 * width, such as three classes, its matrix product sums what `exp` left in those beyond the edge: gradients would be wrong without a word.
 */
export function unpackWebgl(): void {
  if (tf.getBackend() !== 'webgl') return;
  for (const flag of FLAGS) tf.env().set(flag, false);
}
