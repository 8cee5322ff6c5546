import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Dataset, loadDataset, Preprocessing } from '@bcl/datasets';
import { Mixer, type MixMethod } from '@bcl/mixing';
import { createModel, modelNames } from '@bcl/models';
import {
  ModelManager,
  Run,
  type RunSettings,
  type Schedule,
  type TrainOptions,
  writeReport,
} from '@bcl/trainer';
import { invocation, percent, say, shellWord } from '../format.js';
import { suggestion } from '../names.js';
import { nextFreeFolder } from './nextFreeFolder.js';
import { makeOptimizer, makeSchedule } from './optimizing.js';
import { createProgress } from './progress.js';
import { readyBackend } from './readyBackend.js';
import { flagsOf, resumedFlags, runSettings, type TrainFlags } from './settings.js';
import { untilInterrupted } from './untilInterrupted.js';

/**
 * Trains as the flags say and tells of it; with `resume`, goes on with the run in `out`.
 *
 * @param given Names of the flags that stand on the command line, the others being defaults.
 */
export async function train(asked: TrainFlags, given: ReadonlySet<string>): Promise<void> {
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

  const backend = await readyBackend(flags.backend);
  const [trainSet, testSet] = await readData(flags);
  const manager = await readyManager(flags, trainSet, earlier);
  try {
    const schedule = makeSchedule(flags, manager.optimizer.learningRate);
    const options = trainOptions(flags, schedule, trainSet, testSet);
    // Refuses what cannot be trained before there is a folder of it.
    manager.train(trainSet, options);
    const settings = runSettings(flags, manager.optimizer.getConfig(), schedule.config, backend);
    const run = earlier
      ? await withSettings(earlier, settings)
      : await Run.create(folder, settings);
    say(`${flags.model}, ${flags.method}, ${flags.data}: writing to ${folder}`);
    await drawSamples(flags, trainSet, folder);
    await follow(manager, trainSet, { ...options, run }, flags);
  } finally {
    manager.dispose();
  }
}

/** Trains to the end or to Ctrl-C, and says how it went. */
async function follow(
  manager: ModelManager,
  trainSet: Dataset,
  options: TrainOptions & { run: Run },
  flags: TrainFlags,
): Promise<void> {
  const { run, epochs } = options;
  const before = manager.step;
  const progress = createProgress();
  let stopped = false;
  let accuracy: number | undefined;
  const events = untilInterrupted(manager.train(trainSet, options), () => {
    stopped = true;
  });
  try {
    for await (const event of events) {
      progress.show(event);
      if (event.type === 'epoch') accuracy = event.testAccuracy;
      if (event.type === 'checkpoint') await writeReport(run.folder);
    }
  } finally {
    progress.close();
  }
  const report = await writeReport(run.folder);
  const out = shellWord(run.folder);
  if (stopped && manager.epoch < epochs) {
    await manager.save(run.checkpoint);
    say(`stopped after step ${manager.step}, in epoch ${manager.epoch + 1} of ${epochs}; saved.`);
    say(`go on with: ${invocation()} train --resume --out ${out}`);
    return;
  }
  if (manager.step === before) {
    say(`${run.folder} has had all of its ${epochs} epochs; --epochs ${epochs * 2} would go on.`);
  }
  if (accuracy !== undefined) say(`test accuracy: ${percent(accuracy)}`);
  say(`report:        ${report}`);
  say();
  sayNext(flags, out);
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
      `${bcl} train --data cifar-10-binary.tar.gz --limit 5000`,
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
    await loadDataset(data, { split: 'train', ...limited(limit) }),
    await loadDataset(data, { split: 'test', ...limited(testLimit) }),
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
  { method, label, epochs, batchSize, augment, seed, threads }: TrainFlags,
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

/** An earlier run, with what has changed since written to its config.json. */
async function withSettings(run: Run, settings: RunSettings): Promise<Run> {
  const { backend, threads } = settings;
  const config = {
    ...run.config,
    backend,
    threads,
    training: { ...run.config.training, epochs: settings.training.epochs },
  };
  const path = join(run.folder, 'config.json');
  await writeFile(`${path}.writing`, `${JSON.stringify(config, null, 1)}\n`);
  await rename(`${path}.writing`, path);
  return Run.open(run.folder);
}

function defaultFolder({ model, method }: TrainFlags): string {
  return nextFreeFolder('runs', `${model}-${method.replace('+', 'plus')}`);
}
