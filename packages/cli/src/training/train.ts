import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Dataset, Preprocessing } from '@bcl/datasets';
import { Mixer, type MixMethod } from '@bcl/mixing';
import { createModel, modelNames } from '@bcl/models';
import {
  ModelManager,
  Run,
  type RunOptions,
  type Schedule,
  type TrainOptions,
  writeReport,
} from '@bcl/trainer';
import { readDataset } from '../data/readDataset.js';
import { invocation, percent, say, shellWord } from '../format.js';
import { suggestion } from '../names.js';
import { nextFreeFolder } from './nextFreeFolder.js';
import { makeOptimizer, makeSchedule } from './optimizing.js';
import { createProgress } from './progress.js';
import { readyBackend } from './readyBackend.js';
import { flagsOf, resumedFlags, runSettings, type TrainFlags } from './settings.js';
import { untilInterrupted } from './untilInterrupted.js';

/** How a training went. */
export interface TrainOutcome {
  /** The run folder. */
  folder: string;
  /** Whether it was stopped before its end; what was done is then saved. */
  stopped: boolean;
  /** Of the last test. */
  accuracy?: number;
}

/**
 * Trains as the flags say and tells of it; with `resume`, goes on with the run in `out`.
 *
 * @param given Names of the flags that a resumed run must agree with; the others are its own.
 */
export async function train(
  asked: TrainFlags,
  given: ReadonlySet<string> = new Set(),
): Promise<TrainOutcome> {
  const earlier = asked.resume ? await openRun(asked.out) : undefined;
  const flags = earlier
    ? resumedFlags(asked, given, flagsOf(earlier.config), earlier.folder)
    : { ...asked, out: asked.out ?? defaultFolder(asked) };
  const folder = earlier?.folder ?? (flags.out as string);
  if (!earlier) refuseUsedFolder(folder);
  if (!modelNames.includes(flags.model)) {
    throw new Error(
      `train: there is no model '${flags.model}'. ${suggestion(flags.model, modelNames)}`,
    );
  }
  const run = earlier && (await Run.open(folder, runOptions(flags)));
  const unlock = await run?.lock();
  try {
    return await trainIn(folder, run, flags);
  } finally {
    await unlock?.();
  }
}

/** Trains in a folder, which holds an earlier run or nothing yet. */
async function trainIn(
  folder: string,
  earlier: Run | undefined,
  flags: TrainFlags,
): Promise<TrainOutcome> {
  const backend = await readyBackend(flags.backend);
  const [trainSet, testSet] = await readData(flags);
  const manager = await readyManager(flags, trainSet, earlier);
  let unlock: (() => Promise<void>) | undefined;
  try {
    const schedule = makeSchedule(flags, manager.optimizer.learningRate);
    const options = trainOptions(flags, schedule, trainSet, testSet);
    // Refuses what cannot be trained before there is a folder of it.
    manager.train(trainSet, options);
    const settings = runSettings(flags, manager.optimizer.getConfig(), schedule.config, backend);
    const run = earlier ?? (await Run.create(folder, settings, runOptions(flags)));
    unlock = await run.lock();
    if (earlier) await run.update(settings);
    say(`${flags.model}, ${flags.method}, ${flags.data}: writing to ${folder}`);
    await drawSamples(flags, trainSet, folder);
    return await follow(manager, trainSet, { ...options, run }, flags);
  } finally {
    await unlock?.();
    manager.dispose();
  }
}

/** Trains to the end or to Ctrl-C, and says how it went. */
async function follow(
  manager: ModelManager,
  trainSet: Dataset,
  options: TrainOptions & { run: Run },
  flags: TrainFlags,
): Promise<TrainOutcome> {
  const { run, epochs } = options;
  const before = manager.step;
  const progress = createProgress();
  let interrupted = false;
  let accuracy: number | undefined;
  const events = untilInterrupted(manager.train(trainSet, options), () => {
    interrupted = true;
  });
  try {
    for await (const event of events) {
      progress.show(event);
      if (event.type !== 'epoch') continue;
      accuracy = event.testAccuracy;
      await writeReport(run.folder);
    }
  } finally {
    progress.close();
  }
  const stopped = interrupted && manager.epoch < epochs;
  // Before all else: the report may fail, what was trained must not be lost by it.
  if (stopped) await manager.save(run.checkpoint);
  const report = await writeReport(run.folder);
  const outcome = {
    folder: run.folder,
    stopped,
    ...(accuracy === undefined ? {} : { accuracy }),
  };
  const out = shellWord(run.folder);
  if (stopped) {
    say(`stopped after step ${manager.step}, in epoch ${manager.epoch + 1} of ${epochs}; saved.`);
    say(`go on with: ${invocation()} train --resume --out ${out}`);
    return outcome;
  }
  if (manager.step === before) {
    say(`${run.folder} has had all of its ${epochs} epochs; --epochs ${epochs * 2} would go on.`);
  }
  if (accuracy !== undefined) say(`test accuracy: ${percent(accuracy)}`);
  say(`report:        ${report}`);
  say();
  sayNext(flags, out);
  return outcome;
}

function runOptions(flags: TrainFlags): RunOptions {
  const { logEvery, checkpointEvery, keepEvery, tensorboard } = flags;
  return {
    every: logEvery,
    checkpointEvery,
    tensorBoard: tensorboard,
    ...(keepEvery === undefined ? {} : { keepEvery }),
  };
}

/** What one may want to do after a training. */
function sayNext(flags: TrainFlags, out: string): void {
  const bcl = invocation();
  const other = flags.method === 'standard' ? 'bc+' : 'standard';
  const limits = `${flags.limit ? ` --limit ${flags.limit}` : ''}${flags.testLimit ? ` --test-limit ${flags.testLimit}` : ''}`;
  const suggestions: [string, string][] = [
    [`${bcl} test ${out}`, 'the accuracy on the whole test set'],
    [`${bcl} mix`, 'see mixed images in mix.png'],
    [
      `${bcl} train --method ${other} --data ${shellWord(flags.data)}${limits} --epochs ${flags.epochs} --batch-size ${flags.batchSize}`,
      'the same by the other method, to compare',
    ],
  ];
  if (flags.data === 'embedded') {
    suggestions.push([
      `${bcl} train --data cifar10 --limit 5000`,
      'real photographs: https://www.cs.toronto.edu/~kriz/cifar.html',
    ]);
  }
  say('what to try next:');
  for (const [command, why] of suggestions) say(`  ${command}\n      ${why}`);
}

async function readData(flags: TrainFlags): Promise<[Dataset, Dataset]> {
  const { data, limit, testLimit } = flags;
  const limited = (n: number | undefined) => (n === undefined ? {} : { limit: n });
  return [
    await readDataset(data, { split: 'train', ...limited(limit) }),
    await readDataset(data, { split: 'test', ...limited(testLimit) }),
  ];
}

/** A manager at the start of a training, or where an earlier run stands. */
async function readyManager(
  flags: TrainFlags,
  trainSet: Dataset,
  earlier: Run | undefined,
): Promise<ModelManager> {
  if (earlier && (await earlier.hasCheckpoint())) return ModelManager.load(earlier.checkpoint);
  const { model, method, label, ema, seed } = flags;
  return new ModelManager({
    model: createModel(model, {
      classes: trainSet.classNames.length,
      inputShape: trainSet.shape,
      seed,
    }),
    optimizer: makeOptimizer(flags),
    // On one-hot rows both are the same number.
    loss: method === 'standard' || label === 'single' ? 'softmaxCrossEntropy' : 'klDivergence',
    preprocessing: Preprocessing.fit(trainSet, method),
    seed,
    ...(ema === undefined ? {} : { ema }),
  });
}

function trainOptions(
  { method, label, epochs, batchSize, augment, seed, threads, resident }: TrainFlags,
  schedule: Schedule,
  trainSet: Dataset,
  test: Dataset,
): TrainOptions {
  const numClasses = trainSet.classNames.length;
  return {
    epochs,
    batchSize,
    schedule,
    test,
    threads,
    resident,
    // As seen from here: a thread of the trainer's knows no networks.
    layerModules: [pathToFileURL(createRequire(import.meta.url).resolve('@bcl/models')).href],
    ...(augment ? {} : { augment: false }),
    ...(method === 'standard'
      ? {}
      : { mixer: new Mixer({ method: method satisfies MixMethod, label, numClasses, seed }) }),
  };
}

/** Draws samples.png for the report; a run does without when the data give no pair. */
async function drawSamples(flags: TrainFlags, trainSet: Dataset, folder: string): Promise<void> {
  const { method, label, seed } = flags;
  const path = join(folder, 'samples.png');
  if (method === 'standard' || existsSync(path)) return;
  const [{ mixSamples }, { renderSheet }] = await Promise.all([
    import('../sheet/mixSamples.js'),
    import('../sheet/renderSheet.js'),
  ]);
  const count = Math.min(6, trainSet.labels.length);
  const samples = await mixSamples(trainSet, { count, seed, label, methods: [method] });
  await writeFile(path, renderSheet(samples));
}

async function openRun(folder: string | undefined): Promise<Run> {
  if (folder === undefined) {
    throw new Error(
      'train: --resume needs the run folder to go on with; name it by --out <folder>',
    );
  }
  return Run.open(folder);
}

function refuseUsedFolder(folder: string): void {
  if (!existsSync(join(folder, 'config.json'))) return;
  throw new Error(
    `train: ${folder} holds a run already; add --resume to go on with it, or choose another --out`,
  );
}

function defaultFolder({ model, method }: TrainFlags): string {
  return nextFreeFolder('runs', `${model}-${method.replace('+', 'plus')}`);
}
