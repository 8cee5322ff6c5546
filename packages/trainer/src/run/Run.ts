import { appendFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFolder } from '../checkpoint/replaceFolder.js';
import type { TrainEvent } from '../training/TrainEvent.js';
import { type RunConfig, type RunSettings, runConfig } from './RunConfig.js';

export interface RunOptions {
  /** Every how many steps `metrics.jsonl` gets a line. Default 10. */
  every?: number;
}

/** How often each class was taken for which. */
export interface Confusion {
  classNames: string[];
  /** Row: the true class; column: the class that the model said. */
  matrix: number[][];
}

/**
 * The folder of one training: `config.json`, `metrics.jsonl`, `confusion.json` and `checkpoint/`.
 *
 * `train` writes into it when it is given one; a report is made of it afterwards.
 */
export class Run {
  /** Where `train` keeps the checkpoint. */
  readonly checkpoint: string;
  readonly #metrics: string;

  private constructor(
    readonly folder: string,
    readonly config: RunConfig,
    readonly every: number,
  ) {
    this.checkpoint = join(folder, 'checkpoint');
    this.#metrics = join(folder, 'metrics.jsonl');
  }

  /**
   * Begins a run in a new folder and writes its `config.json`.
   *
   * @throws Error when the folder holds a run already.
   */
  static async create(
    folder: string,
    settings: RunSettings,
    { every = 10 }: RunOptions = {},
  ): Promise<Run> {
    if (await exists(join(folder, 'config.json'))) {
      throw new Error(
        `Run.create: ${folder} holds a run already; go on with it (--resume) or choose another folder`,
      );
    }
    await mkdir(folder, { recursive: true });
    const run = new Run(folder, runConfig(settings), every);
    await run.#write('config.json', run.config);
    return run;
  }

  /**
   * Opens the folder of an earlier run, to go on with it or to look at it.
   *
   * @throws Error when the folder holds no run.
   */
  static async open(folder: string, { every = 10 }: RunOptions = {}): Promise<Run> {
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
    return new Run(folder, config, every);
  }

  /** Whether a checkpoint has been written, so that the run can be resumed or tested. */
  async hasCheckpoint(): Promise<boolean> {
    return (await findFolder(this.checkpoint)) !== null;
  }

  /** Adds the line of an event to `metrics.jsonl`, if it has one. */
  async record(event: TrainEvent): Promise<void> {
    const due = event.type === 'step' && event.step % this.every === 0;
    if (!due && event.type !== 'epoch' && event.type !== 'switch') return;
    await appendFile(this.#metrics, `${JSON.stringify(event)}\n`);
  }

  /** Drops the lines of steps that a checkpoint knows nothing of, and lines cut short. */
  async rewind(step: number): Promise<void> {
    const text = await readFile(this.#metrics, 'utf8').catch(() => '');
    const kept = text.split('\n').filter((line) => {
      try {
        return (JSON.parse(line) as { step: number }).step <= step;
      } catch {
        return false;
      }
    });
    await this.#replace('metrics.jsonl', kept.map((line) => `${line}\n`).join(''));
  }

  /** Keeps the confusion matrix of the last evaluation. */
  async saveConfusion(confusion: Confusion): Promise<void> {
    await this.#write('confusion.json', confusion);
  }

  #write(name: string, content: unknown): Promise<void> {
    return this.#replace(name, `${JSON.stringify(content, null, 1)}\n`);
  }

  /** Replaces a file in one go. */
  async #replace(name: string, content: string): Promise<void> {
    const path = join(this.folder, name);
    await writeFile(`${path}.writing`, content);
    await rename(`${path}.writing`, path);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
