import type { ClipOptions } from './clipGradients.js';
import type { WeightGroup } from './WeightGroup.js';

/** What every optimizer of this package takes. */
export interface OptimizerOptions {
  /** Pull λ of every weight towards zero, biases and batch norm included. Default 0. */
  weightDecay?: number;
  /** Weights that learn in another way; default none. Where several hold a weight, the last that says something counts. */
  groups?: readonly WeightGroup[];
  /** Limits the gradients before all else. Default no limit. */
  clip?: ClipOptions;
}
