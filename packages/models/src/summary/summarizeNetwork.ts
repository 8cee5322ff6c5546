import { type CreateModelOptions, createModel } from '../createModel.js';
import { undrawn } from '../varianceScaling.js';
import { type ModelSummary, type SummarizeOptions, summarize } from './summarize.js';

/**
 * Counts what a network would cost, by its name, without drawing its weights: a hundred million of them take a moment, and on the
 * `cpu` backend next to no memory.
 *
 * @param options As for `createModel`, and as for `summarize`.
 *
 * @example
 * ```ts
 * import { summarizeNetwork } from '@bcl/models';
 *
 * const { parameters, multiplyAdds } = summarizeNetwork('resnet32', { classes: 10 });
 * parameters; // => 464154
 * multiplyAdds; // => 68862592
 * ```
 */
export function summarizeNetwork(
  name: string,
  { batchSize, ...options }: CreateModelOptions & SummarizeOptions,
): ModelSummary {
  const model = undrawn(() => createModel(name, options));
  try {
    return summarize(model, batchSize === undefined ? {} : { batchSize });
  } finally {
    model.dispose();
  }
}
