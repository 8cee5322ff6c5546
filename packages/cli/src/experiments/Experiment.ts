import type { PreprocessingMethod } from '@bcl/datasets';
import type { LossConfig } from '@bcl/losses';
import type { MixerConfig } from '@bcl/mixing';
import type { AugmentOptions, OptimizerConfig, PublishedError, ScheduleConfig } from '@bcl/trainer';

/** A table of a paper, as the trainings that fill it. Plain data: nothing here runs. */
export interface Experiment {
  /** What `bcl reproduce` calls it. */
  readonly name: string;
  readonly title: string;
  /** What it asks, and what to know when reading its table. One paragraph each. */
  readonly notes: readonly string[];
  /** Paper and table. */
  readonly source: string;
  /** Trainings of each cell that differ by seed alone, as in the paper. */
  readonly trials: number;
  readonly cells: readonly Cell[];
}

/** One figure of the table. */
export interface Cell {
  /** Unique in its experiment; names the folder of its runs. */
  readonly id: string;
  /** What tells it from the other cells, as `{ model: 'ConvNet', learning: 'BC+' }`. */
  readonly settings: Readonly<Record<string, string>>;
  readonly recipe: Recipe;
  readonly published?: PublishedError;
}

/** The data sets that experiments train on. */
export type ExperimentData = 'cifar10' | 'cifar100';

/** All that decides how a cell is trained, but for its seed. */
export interface Recipe {
  readonly data: DataRecipe;
  /** A network of `@bcl/models` by name, with its options. */
  readonly model: { readonly name: string; readonly [option: string]: unknown };
  readonly preprocessing: PreprocessingMethod;
  /** How examples are mixed; without it this is standard learning. */
  readonly mixer?: Omit<MixerConfig, 'seed' | 'numClasses'>;
  /** Name of the layer whose activations are mixed instead of the images. */
  readonly mixAfter?: string;
  readonly loss: LossConfig;
  /** Weighs classes by their effective number at this β. */
  readonly classBalance?: number;
  readonly augment: AugmentOptions | false;
  readonly optimizer: OptimizerConfig;
  readonly schedule: ScheduleConfig;
  readonly batchSize: number;
  readonly epochs: number;
  /** What is done wrong, on purpose, in the experiment about mistakes. */
  readonly mistakes?: readonly Mistake[];
}

export interface DataRecipe {
  readonly name: ExperimentData;
  /** Largest class to smallest, in an exponential profile. */
  readonly imbalance?: number;
  /** Trains and tests on folds of CIFAR-10's test set, by these labels: trial n tests on fold n. */
  readonly humanLabels?: 'soft' | 'hard';
}

/** Mistakes of the report that was the reason for these packages; each is applied by `mistakes.ts`. */
export type Mistake =
  | 'raw test images'
  | 'frozen mixes'
  | 'always flipped'
  | 'half-scaled'
  | 'dropout in test';
