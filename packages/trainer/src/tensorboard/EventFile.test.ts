import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Preprocessing } from '@bcl/datasets';
import crc32c from 'crc-32/crc32c.js';
import { ModelManager } from '../ModelManager.js';
import { sgd } from '../optimizers/sgd.js';
import { Run } from '../run/Run.js';
import { readEvent, type WrittenEvent } from '../testing/readEvent.js';
import { settings } from '../testing/runSettings.js';
import { tinyDataset, tinyModel } from '../testing/tinyTask.js';
import type { TrainEvent } from '../training/TrainEvent.js';

const trainSet = tinyDataset();

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bcl-events-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The events of all files, in the order of their names; every checksum must hold. */
function eventsOf(folder: string): WrittenEvent[][] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
      const bytes = readFileSync(join(folder, name));
      const events: WrittenEvent[] = [];
      for (let at = 0; at < bytes.length; ) {
        const length = Number(bytes.readBigUInt64LE(at));
        expect(bytes.readUInt32LE(at + 8)).toBe(masked(bytes.subarray(at, at + 8)));
        const content = bytes.subarray(at + 12, at + 12 + length);
        expect(bytes.readUInt32LE(at + 12 + length)).toBe(masked(content));
        events.push(readEvent(content));
        at += length + 16;
      }
      return events;
    });
}

/** As TensorFlow's crc32c.h says it: turned right by 15 bits, and a constant added. */
function masked(bytes: Uint8Array): number {
  const crc = BigInt(crc32c.buf(bytes) >>> 0);
  return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn);
}

/** Trains until a step, if one is given, and tells what was told. */
async function train(manager: ModelManager, run: Run, stop?: number): Promise<TrainEvent[]> {
  const told: TrainEvent[] = [];
  for await (const event of manager.train(trainSet, {
    epochs: 2,
    batchSize: 16,
    test: trainSet,
    run,
  })) {
    told.push(event);
    if (event.type === 'step' && event.step === stop) break;
  }
  return told;
}

test('a run writes for TensorBoard what it writes for itself, session by session', async () => {
  const folder = join(root, 'run');
  const options = { every: 2, tensorBoard: true };
  const first = new ModelManager({
    model: tinyModel(),
    optimizer: sgd({ learningRate: 0.125 }),
    loss: 'klDivergence',
    preprocessing: Preprocessing.fit(trainSet, 'standard'),
  });
  const run = await Run.create(folder, settings, options);
  const told = await train(first, run, 5);
  first.dispose();
  const second = await ModelManager.load(run.checkpoint);
  told.push(...(await train(second, await Run.open(folder, options))));
  second.dispose();

  const [before, after] = eventsOf(join(folder, 'tensorboard')) as [WrittenEvent[], WrittenEvent[]];
  expect(before.map(({ step }) => step)).toEqual([1, 1, 2, 3, 4]);
  // From the checkpoint after step 3: what came later counts for nothing.
  expect(after.map(({ step }) => step)).toEqual([4, 4, 4, 6, 6]);
  for (const [version, begins] of [before, after]) {
    expect(version?.fileVersion).toBe('brain.Event:2');
    expect(begins?.sessionLog).toEqual({ status: 'START' });
  }
  const epoch = told.find(({ type }) => type === 'epoch') as TrainEvent & { type: 'epoch' };
  const float = Math.fround;
  expect(before[3]?.scalars).toEqual({
    'epoch/train_loss': float(epoch.trainLoss),
    'epoch/train_accuracy': float(epoch.trainAccuracy),
    'epoch/test_loss': float(epoch.testLoss as number),
    'epoch/test_accuracy': float(epoch.testAccuracy as number),
    'epoch/images_per_second': float(epoch.imagesPerSecond),
  });
  const step = told.find((event) => event.type === 'step' && event.step === 2) as TrainEvent & {
    type: 'step';
  };
  expect(before[2]?.scalars).toEqual({
    'step/loss': float(step.loss),
    'step/accuracy': float(step.accuracy),
    'step/learning_rate': 0.125,
    'step/images_per_second': float(step.imagesPerSecond),
  });
  expect(Math.abs((before[0]?.wallTime as number) - Date.now() / 1000)).toBeLessThan(60);
});

test('a run writes nothing for TensorBoard unasked', async () => {
  const run = await Run.create(join(root, 'run'), settings);
  await run.begin({ step: 0, epoch: 0 });
  expect(readdirSync(run.folder)).not.toContain('tensorboard');
});
