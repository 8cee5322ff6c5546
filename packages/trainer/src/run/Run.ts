import { appendFile, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoint } from '../checkpoint/Checkpoint.js';
import { copyCheckpoint } from '../checkpoint/copyCheckpoint.js';
import { writeCheckpoint } from '../checkpoint/writeCheckpoint.js';
import { checkSetting } from '../checkSetting.js';
import { type FolderLock, lockFolder } from '../files/lockFolder.js';
import { findFolder } from '../files/replaceFolder.js';
import { writeBeside } from '../files/writeBeside.js';
import type { EventFile } from '../tensorboard/EventFile.js';
import type { TrainEvent } from '../training/TrainEvent.js';
import { type RunConfig, type RunSettings, runConfig } from './RunConfig.js';

export interface RunOptions {
  /** Every how many steps `metrics.jsonl` gets a line. Default 10. */
  every?: number;
  /**
   * How much training may be lost: a checkpoint is written that often within an epoch, besides the
   * one after it. Default `{ minutes: 10 }`.
   */
  checkpointEvery?: Interval;
  /** Every how many epochs a checkpoint is kept for good, in `epochs/`. Default none. */
  keepEvery?: number;
  /** Whether the checkpoint of the epoch with the highest test accuracy is kept, in `best/`. Default true. */
  keepBest?: boolean;
  /** Whether to write files for TensorBoard too, in `tensorboard/`. Default false. */
  tensorBoard?: boolean;
}

/** A number of steps, or of minutes. */
export type Interval = { steps: number } | { minutes: number };

/** How often each class was taken for which. */
export interface Confusion {
  classNames: string[];
  /** Row: the true class; column: the class that the model said. */
  matrix: number[][];
}

/**
 * The folder of one training: `config.json`, `metrics.jsonl`, `confusion.json`, `checkpoint/` and,
 * where they are kept, `best/` and `epochs/`.
 *
 * `train` writes into it when it is given one, and no other process then may; a report is made of it
 * afterwards.
 */
export class Run {
  /** Where `train` keeps the last checkpoint. */
  readonly checkpoint: string;
  /** Where `train` keeps that of the epoch that tested best. */
  readonly best: string;
  readonly every: number;
  readonly #options: Required<Omit<RunOptions, 'keepEvery'>> & Pick<RunOptions, 'keepEvery'>;
  #config: RunConfig;
  #lock: FolderLock | undefined;
  #holders = 0;
  #saved = { step: 0, at: 0 };
  #events: EventFile | undefined;

  private constructor(
    readonly folder: string,
    config: RunConfig,
    options: RunOptions,
  ) {
    const { every = 10, checkpointEvery = { minutes: 10 }, keepEvery } = options;
    const { keepBest = true, tensorBoard = false } = options;
    whole('every', every);
    if (keepEvery !== undefined) whole('keepEvery', keepEvery);
    const [[unit, amount] = ['steps', Number.NaN]] = Object.entries(checkpointEvery);
    checkSetting('Run', `${unit} of checkpointEvery`, amount, amount > 0, 'above 0');
    this.#options = {
      ...{ every, checkpointEvery, keepBest, tensorBoard },
      ...(keepEvery ? { keepEvery } : {}),
    };
    this.#config = config;
    this.every = every;
    this.checkpoint = join(folder, 'checkpoint');
    this.best = join(folder, 'best');
  }

  /**
   * Begins a run in a new folder and writes its `config.json`.
   *
   * @throws Error when the folder holds a run already.
   */
  static async create(
    folder: string,
    settings: RunSettings,
    options: RunOptions = {},
  ): Promise<Run> {
    const run = new Run(folder, runConfig(settings), options);
    const unlock = await run.lock();
    try {
      if (await exists(join(folder, 'config.json'))) {
        throw new Error(
          `Run.create: ${folder} holds a run already; go on with it (--resume) or choose another folder`,
        );
      }
      await run.#write('config.json', run.config);
    } finally {
      await unlock();
    }
    return run;
  }

  /**
   * Opens the folder of an earlier run, to go on with it or to look at it.
   *
   * @throws Error when the folder holds no run.
   */
  static async open(folder: string, options: RunOptions = {}): Promise<Run> {
    const path = join(folder, 'config.json');
    let config: RunConfig;
    try {
      config = JSON.parse(await readFile(path, 'utf8')) as RunConfig;
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new Error(
        missing
          ? `Run.open: ${folder} must be the folder of a run, got one without config.json`
          : `Run.open: ${path} must be readable JSON, got: ${(error as Error).message}`,
      );
    }
    if (config?.version !== 1) {
      throw new Error(`Run.open: ${path} must be of version 1, got ${config?.version}`);
    }
    return new Run(folder, config, options);
  }

  /** What the run is made with. */
  get config(): RunConfig {
    return this.#config;
  }

  /** Changes settings of the run, and its `config.json`. */
  async update(settings: Partial<RunSettings>): Promise<void> {
    const config = { ...this.#config, ...settings };
    await this.#write('config.json', config);
    this.#config = config;
  }

  /** Where the checkpoint of an epoch is, if it was one to keep for good. */
  kept(epoch: number): string {
    return join(this.folder, 'epochs', String(epoch));
  }

  /** Whether a checkpoint has been written, the last or another, so that the run can be resumed or tested. */
  async hasCheckpoint(place: string = this.checkpoint): Promise<boolean> {
    return (await findFolder(place)) !== null;
  }

  /**
   * Keeps other processes from writing the run, until what is returned is called. `train` does so by
   * itself; hold the run when there is more to write before or after.
   *
   * @throws Error when another process writes it, which is named. The lock of one that was killed is
   * taken over.
   */
  async lock(): Promise<() => Promise<void>> {
    if (this.#holders === 0) this.#lock = await lockFolder(this.folder, 'Run');
    this.#holders++;
    let held = true;
    return async () => {
      if (!held) return;
      held = false;
      this.#holders--;
      if (this.#holders === 0) await this.#lock?.release();
    };
  }

  /**
   * Begins a session of training, where a checkpoint stands: what was written of later steps and
   * epochs is dropped, and intervals count from here.
   */
  async begin({ step, epoch }: { step: number; epoch: number }): Promise<void> {
    await this.#rewind(step, epoch);
    if (this.#options.tensorBoard) {
      const { EventFile } = await import('../tensorboard/EventFile.js');
      this.#events = await EventFile.begin(join(this.folder, 'tensorboard'), step);
    }
    this.#count(step);
  }

  #count(step: number): void {
    this.#saved = { step, at: performance.now() };
  }

  /** Whether the time has come for a checkpoint. */
  isDue(step: number): boolean {
    const { checkpointEvery } = this.#options;
    if ('steps' in checkpointEvery) return step - this.#saved.step >= checkpointEvery.steps;
    return performance.now() - this.#saved.at >= checkpointEvery.minutes * 60_000;
  }

  /**
   * Keeps a checkpoint as the last one; that of an epoch's end also as the best, when it is, and for
   * good, when it is one of those. The last comes last: where it is, all others are.
   */
  async keep(
    checkpoint: Checkpoint,
    { best, end }: { best: boolean; end: boolean },
  ): Promise<void> {
    this.#lock?.check();
    const { keepBest, keepEvery } = this.#options;
    const { epoch, step } = checkpoint.state;
    const folders = [
      ...(end && keepEvery && epoch % keepEvery === 0 ? [this.kept(epoch)] : []),
      ...(best && keepBest ? [this.best] : []),
      this.checkpoint,
    ];
    const [first, ...copies] = folders as [string, ...string[]];
    await this.#settleMetrics();
    await writeCheckpoint(first, checkpoint);
    for (const folder of copies) await copyCheckpoint(first, folder);
    this.#count(step);
  }

  /** Puts the lines of metrics on the disk for good: a checkpoint must not outlive those before it. */
  async #settleMetrics(): Promise<void> {
    const file = await open(join(this.folder, 'metrics.jsonl'), 'a');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** Adds the line of an event to `metrics.jsonl`, if it has one, and its numbers to TensorBoard's file. */
  async record(event: TrainEvent): Promise<void> {
    const due = event.type === 'step' && event.step % this.every === 0;
    if (!due && event.type !== 'epoch' && event.type !== 'switch') return;
    this.#lock?.check();
    await appendFile(join(this.folder, 'metrics.jsonl'), `${JSON.stringify(event)}\n`);
    await this.#events?.record(event);
  }

  /** Drops the lines of steps and epochs that a checkpoint knows nothing of, and lines cut short. */
  async #rewind(step: number, epoch: number): Promise<void> {
    const path = join(this.folder, 'metrics.jsonl');
    const text = await readFile(path, 'utf8').catch(() => '');
    const kept = text.split('\n').filter((line) => {
      try {
        const event = JSON.parse(line) as { type: string; step: number; epoch: number };
        return event.step <= step && (event.type !== 'epoch' || event.epoch <= epoch);
      } catch {
        return false;
      }
    });
    await writeBeside(path, kept.map((line) => `${line}\n`).join(''));
  }

  /** Keeps the confusion matrix of the last evaluation. */
  async saveConfusion(confusion: Confusion): Promise<void> {
    await this.#write('confusion.json', confusion);
  }

  #write(name: string, content: unknown): Promise<void> {
    return writeBeside(join(this.folder, name), `${JSON.stringify(content, null, 1)}\n`);
  }
}

function whole(name: string, value: number): void {
  checkSetting(
    'Run',
    name,
    value,
    Number.isInteger(value) && value >= 1,
    'a whole number from 1 up',
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
