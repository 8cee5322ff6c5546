import type { Optimizer, OptimizerConfig } from './Optimizer.js';
import { type SgdOptions, sgd } from './sgd.js';

/**
 * Makes the optimizer that a `getConfig()` describes, with nothing remembered.
 *
 * @throws Error when the name is of no optimizer of this package.
 */
export function optimizerFromConfig({ name, ...settings }: OptimizerConfig): Optimizer {
  if (name === 'sgd') return sgd(settings as unknown as SgdOptions);
  throw new Error(
    `optimizerFromConfig: name must be sgd, got ${name}; make your own optimizer and pass it`,
  );
}
