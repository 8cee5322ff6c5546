import type { KernelGradient } from './KernelGradient.js';

/**
 * The gradient of `Relu` by its output, which the next layer holds anyway, instead of its input, which nobody else may need: both are
 * above zero at the same places.
 */
export const reluGradient: KernelGradient = {
  name: 'Relu',
  make: (stock) => stock,
  saves: { inputsToSave: [], outputsToSave: [true] },
};
