import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Answer, Answers, ReplicaData, Request } from './protocol.js';

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Of a thread's own objects, few beside its tensors; unasked, each would grow to three times as much. */
const resourceLimits = { maxYoungGenerationSizeMb: 8 };

/** Threads that each hold a replica. When one fails all of them are ended. */
export class ReplicaPool {
  readonly size: number;
  readonly #workers: Worker[] = [];
  readonly #pending: (Pending | undefined)[] = [];
  #failure: Error | undefined;

  private constructor(
    size: number,
    readonly abort: (reason: string) => void,
  ) {
    this.size = size;
  }

  /**
   * Starts threads, always from the built package.
   *
   * @param abort Frees threads that wait for each other.
   */
  static async start(
    size: number,
    data: Omit<ReplicaData, 'rank'>,
    abort: (reason: string) => void,
  ): Promise<ReplicaPool> {
    const pool = new ReplicaPool(size, abort);
    const home = dirname(createRequire(import.meta.url).resolve('@bcl/trainer/package.json'));
    const entry = join(home, 'dist', 'worker.js');
    const ready: Promise<unknown>[] = [];
    for (let rank = 0; rank < size; rank++) {
      ready.push(pool.#expect(rank));
      pool.#start(rank, new Worker(entry, { workerData: { ...data, rank }, resourceLimits }));
    }
    try {
      await Promise.all(ready);
    } catch (error) {
      await pool.close();
      throw error;
    }
    return pool;
  }

  /** Asks every thread and waits for all answers, in the order of the ranks. */
  ask<T extends keyof Answers>(_: T, request: (rank: number) => Request): Promise<Answers[T][]> {
    return Promise.all(this.#workers.map((_worker, rank) => this.askOne(rank, _, request(rank))));
  }

  /** Asks one thread. */
  askOne<T extends keyof Answers>(rank: number, _: T, request: Request): Promise<Answers[T]> {
    const answer = this.#expect(rank);
    if (!this.#failure) this.#workers[rank]?.postMessage(request);
    return answer as Promise<Answers[T]>;
  }

  async close(): Promise<void> {
    this.#failure ??= new Error('ModelManager.train: the threads were ended');
    this.abort(this.#failure.message);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #expect(rank: number): Promise<unknown> {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#pending[rank] = { resolve, reject };
    });
  }

  #start(rank: number, worker: Worker): void {
    this.#workers[rank] = worker;
    worker.on('message', (answer: Answer) => {
      if (answer.type === 'error') {
        const error = new Error(answer.message);
        if (answer.stack) error.stack = answer.stack;
        this.#fail(error);
        return;
      }
      const pending = this.#pending[rank];
      this.#pending[rank] = undefined;
      pending?.resolve(answer.value);
    });
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', (code) => {
      this.#fail(new Error(`ModelManager.train: thread ${rank} ended with exit code ${code}`));
    });
  }

  /** The first failure is the one reported; it ends all threads. */
  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.abort(error.message);
    for (const [rank, pending] of this.#pending.entries()) {
      this.#pending[rank] = undefined;
      pending?.reject(error);
    }
    for (const worker of this.#workers) void worker.terminate();
  }
}
