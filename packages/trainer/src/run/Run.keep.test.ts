import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Preprocessing } from '@bcl/datasets';
import { ModelManager } from '../ModelManager.js';
import { sgd } from '../optimizers/sgd.js';
import { settings } from '../testing/runSettings.js';
import { relabelled, tinyDataset, tinyModel } from '../testing/tinyTask.js';
import type { CheckpointEvent, TrainEvent } from '../training/TrainEvent.js';
import { Run, type RunOptions } from './Run.js';

// Many files are put on the disk for good, which a busy disk takes its time for.
jest.setTimeout(60_000);

const trainSet = tinyDataset();

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bcl-keep-'));
  folder = join(root, 'run');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function manage(): ModelManager {
  return new ModelManager({
    model: tinyModel(),
    optimizer: sgd({ learningRate: 0.1 }),
    loss: 'klDivergence',
    preprocessing: Preprocessing.fit(trainSet, 'standard'),
  });
}

/** Trains four epochs of three steps into a run and returns what was told. */
async function train(options: RunOptions, test = trainSet): Promise<TrainEvent[]> {
  const manager = manage();
  const run = await Run.create(folder, settings, options);
  const events: TrainEvent[] = [];
  for await (const event of manager.train(trainSet, { epochs: 4, batchSize: 16, test, run })) {
    events.push(event);
  }
  manager.dispose();
  return events;
}

const checkpointsOf = (events: TrainEvent[]) =>
  events.filter((event): event is CheckpointEvent => event.type === 'checkpoint');

/** Where a saved manager stands. */
async function placeOf(checkpoint: string): Promise<[epoch: number, step: number]> {
  const manager = await ModelManager.load(checkpoint);
  manager.dispose();
  return [manager.epoch, manager.step];
}

describe('a run', () => {
  test('keeps a checkpoint every few steps, counted from the last one, and after each epoch', async () => {
    const events = await train({ checkpointEvery: { steps: 2 } });
    expect(checkpointsOf(events).map(({ epoch, step }) => [epoch, step])).toEqual([
      [0, 2],
      [1, 3],
      [1, 5],
      [2, 6],
      [2, 8],
      [3, 9],
      [3, 11],
      [4, 12],
    ]);
    expect(await placeOf(join(folder, 'checkpoint'))).toEqual([4, 12]);
  });

  test('keeps one every few minutes', async () => {
    const often = await train({ checkpointEvery: { minutes: 1e-9 } });
    expect(checkpointsOf(often)).toHaveLength(12);
    rmSync(folder, { recursive: true });
    expect(checkpointsOf(await train({}))).toHaveLength(4);
  });

  test('keeps the best by the accuracy of the test, the first of several', async () => {
    const events = await train({});
    const accuracies = events.flatMap((event) =>
      event.type === 'epoch' ? [event.testAccuracy as number] : [],
    );
    const best = accuracies.indexOf(Math.max(...accuracies)) + 1;
    const told = checkpointsOf(events).flatMap((event) => (event.best ? [event.epoch] : []));
    expect(told.at(-1)).toBe(best);
    expect(told[0]).toBe(1);
    expect(await placeOf(join(folder, 'best'))).toEqual([best, 3 * best]);
    const manager = await ModelManager.load(join(folder, 'best'));
    expect((await manager.test(trainSet)).accuracy).toBe(Math.max(...accuracies));
    manager.dispose();
  });

  test('keeps every second epoch for good, sharing the bytes with the last', async () => {
    const manager = manage();
    const run = await Run.create(folder, settings, { keepEvery: 2, keepBest: false });
    for await (const event of manager.train(trainSet, {
      epochs: 5,
      batchSize: 16,
      test: trainSet,
      run,
    })) {
      if (event.type !== 'checkpoint' || event.epoch !== 4) continue;
      const inode = (place: string) => statSync(join(place, 'weights.bin')).ino;
      expect(inode(run.checkpoint)).toBe(inode(run.kept(4)));
    }
    manager.dispose();
    expect(readdirSync(join(folder, 'epochs')).sort()).toEqual(['2', '4']);
    expect(await placeOf(run.kept(2))).toEqual([2, 6]);
    expect(await placeOf(run.kept(4))).toEqual([4, 12]);
    expect(await placeOf(run.checkpoint)).toEqual([5, 15]);
    expect(existsSync(run.best)).toBe(false);
  });

  test('knows its best after it was stopped', async () => {
    const run = await Run.create(folder, settings);
    const first = manage();
    // Tested on what it is trained on, then on labels that are all wrong.
    for await (const _ of first.train(trainSet, { epochs: 3, batchSize: 16, test: trainSet, run }));
    first.dispose();
    const [best] = await placeOf(run.best);
    const wrong = relabelled(
      trainSet,
      [...trainSet.labels].map((label) => (label + 1) % 3),
    );
    const again = await ModelManager.load(run.checkpoint);
    const rest = { epochs: 5, batchSize: 16, test: wrong, run: await Run.open(folder) };
    for await (const event of again.train(trainSet, rest)) {
      if (event.type === 'checkpoint') expect(event.best).toBe(false);
    }
    again.dispose();
    expect(await placeOf(run.best)).toEqual([best, 3 * best]);
  });

  test('takes one line of each epoch, wherever its training was stopped', async () => {
    const first = manage();
    const run = await Run.create(folder, settings, { every: 1 });
    for await (const event of first.train(trainSet, { epochs: 2, batchSize: 16, run })) {
      if (event.type === 'step' && event.step === 3) break;
    }
    // All batches of the epoch are done, the epoch is not: as after Ctrl-C in its last step.
    await first.save(run.checkpoint);
    first.dispose();
    const line = { type: 'epoch', epoch: 1, step: 3 };
    const metrics = join(folder, 'metrics.jsonl');
    writeFileSync(metrics, `${readFileSync(metrics, 'utf8')}${JSON.stringify(line)}\n`);
    const manager = await ModelManager.load(run.checkpoint);
    for await (const _ of manager.train(trainSet, { epochs: 2, batchSize: 16, run }));
    manager.dispose();
    const lines = readFileSync(metrics, 'utf8').trim().split('\n');
    expect(lines.map((text) => JSON.parse(text).type).join(' ')).toBe(
      'step step step epoch step step step epoch',
    );
  });

  test('is written by one training at a time', async () => {
    const run = await Run.create(folder, settings);
    const [first, second] = [manage(), manage()];
    const events = first.train(trainSet, { epochs: 1, batchSize: 16, run });
    await events.next();
    const other = await Run.open(folder);
    await expect(
      second.train(trainSet, { epochs: 1, batchSize: 16, run: other }).next(),
    ).rejects.toThrow(`Run: ${folder} is being written by this process already`);
    await events.return();
    for await (const _ of second.train(trainSet, { epochs: 1, batchSize: 16, run: other }));
    expect(existsSync(join(folder, 'lock'))).toBe(false);
    first.dispose();
    second.dispose();
  });

  test('is held until the last that holds it lets go', async () => {
    const run = await Run.create(folder, settings);
    const [one, two] = [await run.lock(), await run.lock()];
    await one();
    await one();
    await expect((await Run.open(folder)).lock()).rejects.toThrow('is being written');
    await two();
    await (await (await Run.open(folder)).lock())();
  });

  test('changes its settings', async () => {
    const run = await Run.create(folder, settings);
    await run.update({ threads: 7 });
    expect(run.config).toMatchObject({ ...settings, threads: 7, version: 1 });
    expect((await Run.open(folder)).config).toEqual(run.config);
  });

  test.each<[RunOptions, string]>([
    [{ every: 0 }, 'Run: every must be a whole number from 1 up, got 0'],
    [{ keepEvery: 1.5 }, 'Run: keepEvery must be a whole number from 1 up, got 1.5'],
    [{ checkpointEvery: { minutes: 0 } }, 'Run: minutes of checkpointEvery must be above 0, got 0'],
    [{ checkpointEvery: {} as never }, 'Run: steps of checkpointEvery must be above 0, got NaN'],
  ])('refuses %j', async (options, message) => {
    await expect(Run.create(folder, settings, options)).rejects.toThrow(new RangeError(message));
    expect(existsSync(folder)).toBe(false);
  });
});
