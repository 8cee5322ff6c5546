import { setTimeout } from 'node:timers/promises';
import { type Dataset, Preprocessing } from '@bcl/datasets';
import { classBalanced, effectiveNumberWeights, type Loss, lossFromConfig } from '@bcl/losses';
import { Mixer, type MixerConfig } from '@bcl/mixing';
import { MixAt } from '@bcl/mixing/layers';
import { createModel } from '@bcl/models';
import {
  type EpochEvent,
  ModelManager,
  optimizerFromConfig,
  Run,
  type RunOptions,
  type RunSettings,
  readTrials,
  scheduleFromConfig,
  type TrainEvent,
  type TrainOptions,
} from '@bcl/trainer';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Recipe } from '../experiments/Experiment.js';
import { insertLayer } from './insertLayer.js';
import { type JobData, jobData, type Sources } from './jobData.js';
import {
  alwaysFlipped,
  augmentedOnce,
  evaluateMistaken,
  FrozenMixer,
  halfScaled,
} from './mistakes.js';
import type { Cuts, Job } from './plan.js';

export interface RunJobOptions extends Pick<Cuts, 'limit' | 'testLimit'> {
  /** Name of the experiment, for config.json. */
  readonly experiment: string;
  readonly sources: Sources;
  /** The backend that is set. */
  readonly backend: string;
  /** Whether images are kept on the device. */
  readonly resident: boolean;
  /** The run folder: a new one, or that of this very job, which then goes on where it stopped. */
  readonly folder: string;
}

/**
 * Trains a cell of an experiment once, or what is left of it, and tells of it. Leave the loop to stop: what was
 * done is then saved.
 */
export async function* runJob(
  { cell, trial }: Job,
  options: RunJobOptions,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { recipe } = cell;
  const data = mistakenData(await jobData(recipe.data, trial, options), recipe, trial);
  const run = await openOrCreate(options.folder, settingsOf(cell.id, trial, recipe, options));
  const unlock = await lockWhenFree(run);
  let manager: ModelManager | undefined;
  try {
    manager = (await run.hasCheckpoint())
      ? await ModelManager.load(run.checkpoint)
      : newManager(recipe, data.train, trial);
    yield* trained(manager, recipe, data, { seed: trial, run, resident: options.resident });
  } finally {
    manager?.dispose();
    await unlock();
  }
}

/** What of a job its recipe does not say. */
interface Training {
  readonly seed: number;
  readonly run: Run;
  readonly resident: boolean;
}

/** Trains to the end, or until the loop is left. */
async function* trained(
  manager: ModelManager,
  recipe: Recipe,
  data: JobData,
  training: Training,
): AsyncGenerator<TrainEvent, void, undefined> {
  const { mistakes = [] } = recipe;
  const { run } = training;
  let finished = false;
  /** Completes the line of an epoch; a later line counts in place of an earlier one. */
  const evaluate = async (event: EpochEvent): Promise<void> => {
    const { model, loss, preprocessing } = manager;
    const mistaken = await evaluateMistaken(model, loss, preprocessing, data.test, mistakes);
    event.testLoss = mistaken.loss;
    event.testAccuracy = mistaken.accuracy;
    await run.record(event);
  };
  try {
    for await (const event of manager.train(data.train, trainOptions(recipe, data, training))) {
      if (event.type === 'epoch' && mistakes.length > 0) await evaluate(event);
      yield event;
    }
    finished = true;
  } finally {
    if (!finished) await manager.save(run.checkpoint);
  }
  // A kill between the last epoch's own line and the mistaken evaluation leaves nothing to train, and no result.
  const [trial] = await readTrials({ runs: [run.folder] });
  const last = trial?.lines.at(-1);
  if (mistakes.length > 0 && last && typeof last.testAccuracy !== 'number') {
    await evaluate(last as EpochEvent);
  }
}

/** How long the process of a grid that was killed may take to end, in milliseconds. */
const ENDING = 60_000;

/** Locks a run, and waits a while for a process that sees that its grid is gone to save and end. */
async function lockWhenFree(run: Run): Promise<() => Promise<void>> {
  const began = performance.now();
  for (;;) {
    try {
      return await run.lock();
    } catch (error) {
      if (performance.now() - began > ENDING) throw error;
      await setTimeout(500);
    }
  }
}

/** A grid keeps what its table is made of, and what a training goes on from. */
const runOptions: RunOptions = { keepBest: false };

async function openOrCreate(folder: string, settings: RunSettings): Promise<Run> {
  try {
    return await Run.open(folder, runOptions);
  } catch {
    return Run.create(folder, settings, runOptions);
  }
}

function newManager(recipe: Recipe, train: Dataset, seed: number): ModelManager {
  const fitted = Preprocessing.fit(train, recipe.preprocessing);
  const halved = recipe.mistakes?.includes('half-scaled');
  return new ModelManager({
    model: networkOf(recipe, train, seed),
    optimizer: optimizerFromConfig(recipe.optimizer),
    loss: lossOf(recipe, train),
    preprocessing: halved ? halfScaled(fitted) : fitted,
    seed,
  });
}

function networkOf({ model, mixAfter }: Recipe, train: Dataset, seed: number): LayersModel {
  const { name, ...options } = model;
  const network = createModel(name, {
    ...options,
    classes: train.classNames.length,
    inputShape: train.shape,
    seed,
  });
  return mixAfter === undefined
    ? network
    : insertLayer(network, mixAfter, new MixAt({ name: 'mixAt', method: 'bc' }));
}

/** The recipe's loss, weighed by how many images the classes have. */
function lossOf({ loss, classBalance }: Recipe, { labels, classNames }: Dataset): Loss {
  const plain = lossFromConfig(loss);
  if (classBalance === undefined) return plain;
  const counts = new Array<number>(classNames.length).fill(0);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  return classBalanced(plain, effectiveNumberWeights(counts, classBalance));
}

function trainOptions(
  recipe: Recipe,
  { train, test }: JobData,
  { seed, run, resident }: Training,
): TrainOptions {
  const { epochs, batchSize, schedule, mixer, mistakes = [] } = recipe;
  const frozen = mistakes.includes('frozen mixes');
  const wrongTest = mistakes.length > 0;
  // What is the same in every epoch, or for every image, was done to the images already.
  const flip =
    recipe.augment !== false && recipe.augment.flip && !mistakes.includes('always flipped');
  const augment = frozen || recipe.augment === false ? false : { ...recipe.augment, flip };
  const config = { ...mixer, seed, numClasses: train.classNames.length } as MixerConfig;
  return {
    epochs,
    batchSize,
    schedule: scheduleFromConfig(schedule),
    augment,
    run,
    resident,
    ...(wrongTest ? {} : { test }),
    ...(mixer ? { mixer: frozen ? new FrozenMixer(config) : new Mixer(config) } : {}),
  };
}

/** Training images after the mistakes that are made once, on all of them. */
function mistakenData(data: JobData, { augment, mistakes = [] }: Recipe, seed: number): JobData {
  let { train } = data;
  const always = mistakes.includes('always flipped');
  if (always) train = alwaysFlipped(train);
  if (augment && mistakes.includes('frozen mixes')) {
    train = augmentedOnce(train, { ...augment, flip: augment.flip && !always }, seed);
  }
  return { ...data, train };
}

/** What config.json keeps: enough for `bcl test` and for telling runs apart. */
function settingsOf(
  cell: string,
  trial: number,
  recipe: Recipe,
  { experiment, sources, limit, testLimit, backend, resident }: RunJobOptions,
): RunSettings {
  const { data, model, preprocessing, mixer, loss, ...training } = recipe;
  return {
    experiment: { name: experiment, cell, trial },
    data: {
      source: sources[data.name],
      ...data,
      ...(limit === undefined ? {} : { limit }),
      ...(testLimit === undefined ? {} : { testLimit }),
    },
    model,
    method: preprocessing,
    label: mixer?.label ?? 'ratio',
    ...(mixer ? { mixer } : {}),
    loss,
    training,
    seed: trial,
    backend,
    threads: 1,
    ...(resident ? { resident } : {}),
  };
}
