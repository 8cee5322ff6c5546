import { registerWasmKernels, SharedSum } from '@bcl/backends';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../training/batches.js';
import {
  type Engine,
  nonFiniteError,
  type StepAt,
  type StepResult,
  type StepTaken,
} from '../training/Engine.js';
import type { Evaluated } from '../training/forward.js';
import { type SavedLoss, savedLoss } from '../training/Loss.js';
import type { Replica } from '../training/Replica.js';
import {
  Arrival,
  carriedBytes,
  carriedTensors,
  load,
  numbersOf,
  type ReplicaNumbers,
} from './carried.js';
import type { Answers, ReplicaData, Share, Slot } from './protocol.js';
import { ReplicaPool } from './ReplicaPool.js';

/** Bytes of a tensor that come from thread to thread at one go. */
const CARRIER_BYTES = 2 ** 20;

export interface ThreadedEngineOptions {
  threads: number;
  layerModules: string[];
  /** Examples that a batch holds at most. */
  batchSize: number;
  imageShape: number[];
  classes: number;
}

/** A batch in shared memory. */
interface Staged extends Pick<Batch, 'index' | 'mixerState'> {
  slot: number;
  count: number;
}

/**
 * Trains on replicas in threads of their own, each with its own backend. This thread prepares the
 * next batch in shared memory while they compute; its own model is brought up to date by `sync`.
 */
export class ThreadedEngine implements Engine {
  readonly threads: number;
  readonly #replica: Replica;
  readonly #pool: ReplicaPool;
  readonly #slots: Slot[];
  readonly #carrier: SharedArrayBuffer;
  #nextSlot = 0;
  #ahead = false;

  private constructor(
    replica: Replica,
    pool: ReplicaPool,
    slots: Slot[],
    carrier: SharedArrayBuffer,
  ) {
    this.threads = pool.size;
    this.#replica = replica;
    this.#pool = pool;
    this.#slots = slots;
    this.#carrier = carrier;
  }

  /** Starts the threads and waits until each has its replica. */
  static async start(replica: Replica, options: ThreadedEngineOptions): Promise<ThreadedEngine> {
    const { threads, batchSize, imageShape, classes, layerModules } = options;
    const numbers = Object.values(replica.moving).reduce((sum, { size }) => sum + size, 0);
    const sum = new SharedSum({ replicas: threads, length: numbers + 3 });
    const pixels = tf.util.sizeFromShape(imageShape);
    // One batch is computed on while the next is written.
    const slots = [0, 1].map(() => ({
      xs: new SharedArrayBuffer(4 * batchSize * pixels),
      ys: new SharedArrayBuffer(4 * batchSize * classes),
    }));
    const carrier = new SharedArrayBuffer(CARRIER_BYTES);
    const { off, revectorized } = await registerWasmKernels();
    const data: Omit<ReplicaData, 'rank'> = {
      backend: tf.getBackend(),
      kernels: {
        off,
        winograd: tf.env().getFlags().BCL_WASM_WINOGRAD !== false,
        revectorize: revectorized,
      },
      layerModules,
      topology: replica.model.toJSON(null, false),
      optimizer: replica.optimizer.getConfig(),
      ema: replica.average?.decay ?? null,
      loss: savedLoss(replica.loss) as SavedLoss,
      sum: sum.handle(),
      slots,
      carrier,
      imageShape,
      classes,
    };
    const pool = await ReplicaPool.start(threads, data, (reason) => sum.abort(reason));
    const engine = new ThreadedEngine(replica, pool, slots, carrier);
    try {
      await engine.#send();
    } catch (error) {
      await pool.close();
      throw error;
    }
    return engine;
  }

  async *steps(
    source: AsyncGenerator<Batch, void, undefined>,
    at: (index: number) => StepAt,
  ): AsyncGenerator<StepTaken, void, undefined> {
    let next = this.#stage(source);
    try {
      for (;;) {
        const staged = await next;
        if (!staged) return;
        const { slot, ...batch } = staged;
        const where = at(batch.index);
        const step = this.#step(slot, batch.count, where);
        step.catch(() => {});
        // After the turn in which the step is sent off: the replicas come first.
        next = new Promise<void>((done) => setImmediate(done)).then(() => this.#stage(source));
        next.catch(() => {});
        yield { ...batch, learningRate: where.learningRate, ...(await step) };
      }
    } finally {
      await next.catch(() => {});
      await source.return();
    }
  }

  async forward(xs: tf.Tensor, ys: tf.Tensor): Promise<Evaluated> {
    const count = xs.shape[0] as number;
    const slot = await this.#write(xs, ys);
    const answers = await this.#pool.ask('forward', (rank) => ({
      type: 'forward',
      share: this.#share(rank, slot, count),
    }));
    const length = answers.reduce((sum, { rows }) => sum + rows.length, 0);
    const rows = new Float32Array(length);
    let loss = 0;
    let at = 0;
    for (const part of answers) {
      rows.set(part.rows, at);
      loss += (part.loss * part.rows.length) / length;
      at += part.rows.length;
    }
    return { loss, rows };
  }

  async sync(): Promise<void> {
    if (!this.#ahead) return;
    const arrival = new Arrival();
    try {
      this.#replica.adopt(arrival.state(await this.#fetch(arrival)));
    } finally {
      arrival.dispose();
    }
    this.#ahead = false;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** Has all threads adopt the state of this one. */
  async #send(): Promise<void> {
    const { state } = this.#replica;
    for (const { carried, tensor } of carriedTensors(state)) {
      let to = 0;
      do {
        const from = to;
        to = await load(this.#carrier, tensor, from);
        await this.#pool.ask('put', () => ({ type: 'put', tensor: carried, from, to }));
      } while (to < carriedBytes(carried));
    }
    await this.#pool.ask('adopt', () => ({ type: 'adopt', numbers: numbersOf(state) }));
  }

  /** Brings the tensors of the first thread, and gives its numbers. */
  async #fetch(arrival: Arrival): Promise<ReplicaNumbers> {
    for (let index = 0, from = 0; ; ) {
      const answer = await this.#pool.askOne(0, 'pull', { type: 'pull', index, from });
      if ('numbers' in answer) return answer.numbers;
      const { tensor, to } = answer;
      arrival.take(tensor, this.#carrier, from, to);
      if (to < carriedBytes(tensor)) from = to;
      else [index, from] = [index + 1, 0];
    }
  }

  /** Puts the next batch into shared memory; null when there is none. */
  async #stage(source: AsyncGenerator<Batch, void, undefined>): Promise<Staged | null> {
    const { value: batch, done } = await source.next();
    if (done) return null;
    const { xs, ys, index, mixerState } = batch;
    try {
      return { slot: await this.#write(xs, ys), count: xs.shape[0], index, mixerState };
    } finally {
      tf.dispose([xs, ys]);
    }
  }

  async #write(xs: tf.Tensor, ys: tf.Tensor): Promise<number> {
    const index = this.#nextSlot;
    this.#nextSlot = 1 - index;
    const slot = this.#slots[index] as Slot;
    new Float32Array(slot.xs).set(await xs.data());
    new Float32Array(slot.ys).set(await ys.data());
    return index;
  }

  async #step(slot: number, count: number, at: StepAt): Promise<StepResult> {
    const answers = await this.#pool.ask('step', (rank) => ({
      type: 'step',
      share: this.#share(rank, slot, count),
      at,
    }));
    const [first] = answers as [Answers['step']];
    if ('accuracy' in first) {
      this.#ahead = true;
      return first;
    }
    const culprits = answers.flatMap((each) => ('culprit' in each && each.culprit) || []);
    culprits.sort((a, b) => a.place - b.place);
    throw nonFiniteError(first.loss, at, culprits[0] ?? null);
  }

  /** The part of a batch that a replica takes. */
  #share(rank: number, slot: number, total: number): Share {
    const from = Math.floor((rank * total) / this.threads);
    const to = Math.floor(((rank + 1) * total) / this.threads);
    return { slot, total, from, to };
  }
}
