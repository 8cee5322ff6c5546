import { adam } from './adam.js';
import { adamW } from './adamW.js';
import type { Optimizer, OptimizerConfig } from './Optimizer.js';
import { sgd } from './sgd.js';
import { swats } from './swats.js';

/** What makes an optimizer, under the name in its configuration. */
const makers: Readonly<Record<string, (settings: never) => Optimizer>> = {
  sgd,
  adam,
  adamw: adamW,
  swats,
};

/**
 * Makes the optimizer that a `getConfig()` describes, with nothing remembered.
 *
 * @throws Error when the name is of no optimizer of this package.
 */
export function optimizerFromConfig({ name, ...settings }: OptimizerConfig): Optimizer {
  const make = Object.hasOwn(makers, name) ? makers[name] : undefined;
  if (make) return make(settings as never);
  throw new Error(
    `optimizerFromConfig: name must be ${Object.keys(makers).join(', ')}, got ${name}; make your own optimizer and pass it`,
  );
}
