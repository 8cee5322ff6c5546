import type { ScheduleConfig } from '@bcl/trainer';
import type { Cell, Experiment, Recipe } from '../experiments/Experiment.js';

/** How an experiment is cut down to what a machine can do. */
export interface Cuts {
  /** Train on the first so many images. */
  readonly limit?: number;
  /** Test on the first so many. */
  readonly testLimit?: number;
  readonly epochs?: number;
  readonly trials?: number;
  /** Which cells: `ConvNet`, or `learning=BC,BC+`. All must hold. */
  readonly only?: readonly string[];
}

/** The cells and trials that are to be run. */
export interface Plan {
  readonly experiment: Experiment;
  readonly cuts: Cuts;
  /** With the epochs that they are to have. */
  readonly cells: readonly Cell[];
  readonly trials: number;
}

/** One training. */
export interface Job {
  readonly cell: Cell;
  /** From 1; the seed. */
  readonly trial: number;
}

/**
 * What an experiment comes to under its cuts.
 *
 * @throws RangeError when `only` names no cell.
 */
export function planOf(experiment: Experiment, cuts: Cuts): Plan {
  const { epochs, trials = experiment.trials, only = [] } = cuts;
  const filters = only.map((text) => filterOf(experiment, text));
  const chosen = experiment.cells.filter((cell) => filters.every((admits) => admits(cell)));
  if (chosen.length === 0) {
    throw new RangeError(
      `reproduce: --only ${only.join(' --only ')} leaves no cell of ${experiment.name}; its settings are ${valuesOf(experiment)}`,
    );
  }
  const cells =
    epochs === undefined
      ? chosen
      : chosen.map((cell) => ({ ...cell, recipe: cutEpochs(cell.recipe, epochs) }));
  return { experiment, cuts, cells, trials };
}

/** The trainings of a plan: the first trial of every cell, then the second … so that a table fills evenly. */
export function jobsOf({ cells, trials }: Plan): Job[] {
  return Array.from({ length: trials }, (_, i) => i + 1).flatMap((trial) =>
    cells.map((cell) => ({ cell, trial })),
  );
}

/** What to call a job. */
export function nameOf({ cell, trial }: Job): string {
  return `${Object.values(cell.settings).join(', ')}, trial ${trial}`;
}

/** Says what was cut, a sentence each; nothing where nothing was. */
export function cutsText({ experiment, cuts, cells, trials }: Plan): string[] {
  const { limit, testLimit, epochs } = cuts;
  const said: string[] = [];
  if (epochs !== undefined) {
    const whole = new Set(
      experiment.cells
        .filter(({ id }) => cells.some((cell) => cell.id === id))
        .map(({ recipe }) => recipe.epochs),
    );
    said.push(`${epochs} epochs instead of ${[...whole].sort((a, b) => a - b).join(' or ')}`);
  }
  if (limit !== undefined) said.push(`trained on the first ${limit} images`);
  if (testLimit !== undefined) said.push(`tested on the first ${testLimit} test images`);
  if (trials !== experiment.trials) {
    said.push(`${trials} trial${trials === 1 ? '' : 's'} instead of ${experiment.trials}`);
  }
  if (cells.length < experiment.cells.length) {
    said.push(`${cells.length} of ${experiment.cells.length} cells`);
  }
  return said;
}

/** A recipe in fewer or more epochs: milestones are fractions already, and the warm-up keeps its share. */
function cutEpochs(recipe: Recipe, epochs: number): Recipe {
  const scaled = (schedule: ScheduleConfig): ScheduleConfig =>
    schedule.name === 'warmup'
      ? { ...schedule, epochs: (schedule.epochs * epochs) / recipe.epochs }
      : schedule;
  return { ...recipe, epochs, schedule: scaled(recipe.schedule) };
}

/** What `--only` admits. */
function filterOf(experiment: Experiment, text: string): (cell: Cell) => boolean {
  const [name, values] = text.includes('=') ? splitAt(text) : [undefined, text];
  const wanted = values.split(',').map((value) => value.trim().toLowerCase());
  if (name !== undefined && !experiment.cells.some(({ settings }) => name in settings)) {
    throw new RangeError(
      `reproduce: --only ${text} must name a setting of ${experiment.name}, got '${name}'; its settings are ${valuesOf(experiment)}`,
    );
  }
  return ({ id, settings }) => {
    const held = name === undefined ? [id, ...Object.values(settings)] : [settings[name] ?? ''];
    return held.some((value) => wanted.includes(value.toLowerCase()));
  };
}

function splitAt(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at).trim(), text.slice(at + 1)];
}

/** All settings with their values, for messages. */
function valuesOf({ cells }: Experiment): string {
  const values = new Map<string, Set<string>>();
  for (const { settings } of cells) {
    for (const [name, value] of Object.entries(settings)) {
      values.set(name, (values.get(name) ?? new Set()).add(value));
    }
  }
  return [...values].map(([name, held]) => `${name}=${[...held].join(',')}`).join('; ');
}
