import { closest } from 'fastest-levenshtein';

// Known without loading TensorFlow.js: `bcl --help` is to be instant. A test compares them with the
// packages that they belong to.

/** Methods of training. */
export const methodNames = ['standard', 'bc', 'bc+'] as const;
export type MethodName = (typeof methodNames)[number];

/** Rules of mixing labels that a classifier can be trained on. */
export const labelNames = ['ratio', 'single'] as const;
export type LabelName = (typeof labelNames)[number];

/** How the learning rate goes. */
export const scheduleNames = ['cosine', 'milestones', 'polynomial', 'constant'] as const;
export type ScheduleName = (typeof scheduleNames)[number];

/** How weights move. */
export const optimizerNames = ['sgd', 'adam', 'adamw', 'swats'] as const;
export type OptimizerName = (typeof optimizerNames)[number];

/** Forms of Nesterov's step. */
export const nesterovNames = ['pytorch', 'chainer'] as const;
export type NesterovName = (typeof nesterovNames)[number];

/** Weights that decay: all, as the authors have it, or all but biases and batch norm. */
export const decayedNames = ['all', 'kernels'] as const;
export type DecayedName = (typeof decayedNames)[number];

/** How images are changed so that a network errs on them. */
export const attackNames = ['fgsm', 'pgd'] as const;
export type AttackName = (typeof attackNames)[number];

/** Options that networks of `@bcl/models` have beside those that all have. */
export const networkOptionNames = [
  'depth',
  'growth',
  'width',
  'cardinality',
  'baseWidth',
  'stem',
  'dropout',
  'forward',
  'backward',
  'level',
] as const;

/** Backends to ask for. */
export const backendNames = ['auto', 'tensorflow', 'webgpu', 'wasm', 'cpu'] as const;
export type BackendChoiceName = (typeof backendNames)[number];

/** What to say of a name that is not in a list: the nearest that is, and all of them. */
export function suggestion(name: string, valid: readonly string[]): string {
  return `Did you mean '${closest(name.toLowerCase().replace('plus', '+'), valid)}'? Known: ${valid.join(', ')}.`;
}
