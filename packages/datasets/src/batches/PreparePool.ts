import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { ImageBatchShape } from '../augment/images.js';
import type { ImagePool } from './normalizeImages.js';
import type { Transform } from './prepareImages.js';

/** What a thread is started with. */
export interface PrepareData {
  readonly transform: Transform;
  readonly shape: ImagePool['shape'];
  /** The images of the whole set, in memory that the threads share. */
  readonly images: Uint8Array | undefined;
  /** Where batches are written, each large enough for one. */
  readonly slots: readonly SharedArrayBuffer[];
}

/** A batch to prepare. */
export interface PrepareTask {
  readonly id: number;
  /** Which images of the set. */
  readonly indices: Int32Array;
  /** The images themselves, where no set is shared. */
  readonly bytes: Uint8Array | undefined;
  /** What the steps draw from. */
  readonly seed: number | string | undefined;
  /** Which slot the batch is written into. */
  readonly slot: number;
}

/** The shape of what was written, or why nothing was. */
export type PrepareAnswer = { readonly id: number } & (
  | { readonly shape: ImageBatchShape }
  | { readonly error: unknown }
);

interface Pending {
  readonly worker: Worker;
  resolve(shape: ImageBatchShape): void;
  reject(error: unknown): void;
}

/**
 * Threads that prepare batches, from shared memory into shared memory. While none of them works they do not keep the process
 * alive.
 */
export class PreparePool {
  readonly #workers: readonly Worker[];
  readonly #pending = new Map<number, Pending>();
  #next = 0;
  #failure: unknown;

  /** Starts threads, always from the built package. */
  constructor(threads: number, data: PrepareData) {
    const home = dirname(createRequire(import.meta.url).resolve('@bcl/datasets/package.json'));
    const entry = join(home, 'dist', 'prepareWorker.js');
    this.#workers = Array.from({ length: threads }, () => this.#start(entry, data));
  }

  /** Prepares a batch on the next thread in turn. Its bytes are handed over. */
  prepare(task: Omit<PrepareTask, 'id'>): Promise<ImageBatchShape> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#next++;
    const worker = this.#workers[id % this.#workers.length] as Worker;
    worker.ref();
    const handed = task.bytes ? [task.bytes.buffer as ArrayBuffer] : [];
    worker.postMessage({ id, ...task } satisfies PrepareTask, handed);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { worker, resolve, reject });
    });
  }

  async close(): Promise<void> {
    this.#fail(new Error('DataIterator: the threads were ended'));
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(entry: string, workerData: PrepareData): Worker {
    // Without the flags of this process, of which some are for its own script: --input-type, --import.
    const worker = new Worker(entry, { workerData, execArgv: [] });
    worker.unref();
    worker.on('message', (answer: PrepareAnswer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if (!Array.from(this.#pending.values()).some((other) => other.worker === worker)) {
        worker.unref();
      }
      if ('shape' in answer) pending?.resolve(answer.shape);
      else pending?.reject(answer.error);
    });
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', (code) => {
      this.#fail(new Error(`DataIterator: a thread ended with exit code ${code}`));
    });
    return worker;
  }

  /** The first failure is the one reported. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#pending.values()) reject(this.#failure);
    this.#pending.clear();
  }
}
