import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from './batches.js';
import { type Engine, nonFiniteError, type StepAt, type StepTaken } from './Engine.js';
import { type Evaluated, forward } from './forward.js';
import { describeNonFinite } from './nonFinite.js';
import { disposePass, type Pass, type Replica } from './Replica.js';
import {
  holdState,
  imprintOf,
  isImprintOf,
  type ReplicaState,
  releaseState,
} from './ReplicaState.js';
import { isFiniteStep, readingOf, type StepReading, stepNumbers } from './readStep.js';
import { takeStep } from './takeStep.js';

/** A step that was taken before its numbers were read. */
interface Flight {
  batch: Batch;
  at: StepAt;
  /** What the step changed, as it was before. */
  before: ReplicaState;
  pass: Pass;
  numbers: tf.Tensor;
  /** Under way from the step on, so that it is of that place in the device's queue; where reads block, begun when it is wanted. */
  reading: Promise<StepReading> | undefined;
}

export interface QueuedEngineOptions {
  /** How many steps may be taken before the numbers of one are read, from 1. */
  stepsAhead: number;
  /** Whether a read holds up this thread until all that was asked of the device is done. Steps are then read in groups. */
  readsBlock: boolean;
}

/**
 * Trains in this thread on a device that works through a queue: steps are taken with no wait for the
 * numbers of those before them, so that the queue does not run dry.
 *
 * A tensor that somebody else holds never changes, so what a step changed is there for as long as it is held. A step whose numbers
 * turn out not to be finite is therefore undone by putting back what was held before it, together with
 * all steps after it, which costs the device nothing. In the same way the replica stands after the
 * step told of whenever its taker looks.
 */
export class QueuedEngine implements Engine {
  readonly threads = 1;
  readonly #replica: Replica;
  readonly #options: QueuedEngineOptions;
  /** Steps taken, in order, of which nobody knows yet. */
  #queue: Flight[] = [];
  /** Where the last of them led, while the replica stands before them or has not moved since. */
  #ahead: ReplicaState | null = null;
  /** Whether the replica stands before the steps in the queue. */
  #behind = false;
  #first = true;

  constructor(replica: Replica, options: QueuedEngineOptions) {
    this.#replica = replica;
    this.#options = options;
  }

  async *steps(
    source: AsyncGenerator<Batch, void, undefined>,
    at: (index: number) => StepAt,
  ): AsyncGenerator<StepTaken, void, undefined> {
    let failure: { error: unknown } | undefined;
    let ended = false;
    let full = false;
    try {
      while (!ended || this.#queue.length > 0) {
        const { length } = this.#queue;
        full =
          length > this.#options.stepsAhead || (full && this.#options.readsBlock && length > 0);
        if (full || ended) {
          yield* this.#told(await this.#settle(), at);
          continue;
        }
        try {
          const { value: batch, done } = await source.next();
          if (done) ended = true;
          else if (this.#first) yield await this.#takeFirst(batch, at);
          else this.#submit(batch, at);
        } catch (error) {
          // The steps before it are told of first.
          failure = { error };
          ended = true;
        }
      }
      if (failure) throw failure.error;
    } finally {
      await this.#drop();
      await source.return();
    }
  }

  forward(xs: tf.Tensor, ys: tf.Tensor): Promise<Evaluated> {
    const { model, loss } = this.#replica;
    return this.#replica.averaged(() => forward(model, loss, xs, ys));
  }

  async sync(): Promise<void> {}

  async close(): Promise<void> {}

  /** The first step is read before it is taken: a loss that does not fit the model shows there. */
  #takeFirst(batch: Batch, at: (index: number) => StepAt): Promise<StepTaken> {
    this.#first = false;
    return takeStep(this.#replica, batch, at, { first: true });
  }

  /** Takes a step with a batch, and does not wait. */
  #submit(batch: Batch, where: (index: number) => StepAt): void {
    const replica = this.#replica;
    const { xs, ys, draw } = batch;
    const before = this.#ahead ?? holdState(replica.state);
    this.#ahead = null;
    let pass: Pass | undefined;
    let numbers: tf.Tensor | undefined;
    try {
      const at = where(batch.index);
      replica.useDraw(draw ?? null);
      pass = replica.pass(xs, ys, at.step);
      numbers = stepNumbers(pass, ys);
      const reading = this.#options.readsBlock ? undefined : read(numbers);
      replica.move(pass.gradients, at.learningRate);
      replica.track();
      this.#queue.push({ batch, at, before, pass, numbers, reading });
    } catch (error) {
      replica.adopt(before);
      releaseState(before);
      if (pass) disposePass(pass);
      tf.dispose([xs, ys, numbers ?? []]);
      throw error;
    }
  }

  /** Waits for the numbers of the oldest step. */
  async #settle(): Promise<StepTaken> {
    const flight = this.#queue[0] as Flight;
    const { batch, at, pass } = flight;
    flight.reading ??= read(flight.numbers);
    const reading = await flight.reading;
    const { loss, accuracy } = reading;
    if (!isFiniteStep(reading)) {
      this.#replica.adopt(flight.before);
      const { xs, ys } = batch;
      const culprit = await describeNonFinite(this.#replica, pass, xs, ys, at.learningRate);
      throw nonFiniteError(loss, at, culprit);
    }
    this.#queue.shift();
    release(flight);
    tf.dispose([batch.xs, batch.ys]);
    const { index, mixerState } = batch;
    const { learningRate } = at;
    return {
      index,
      mixerState,
      count: batch.xs.shape[0],
      learningRate,
      loss,
      accuracy,
      change: null,
    };
  }

  /** Tells of a step while the replica stands after it. */
  async *#told(
    taken: StepTaken,
    at: (index: number) => StepAt,
  ): AsyncGenerator<StepTaken, void, undefined> {
    const [next] = this.#queue;
    if (!next) {
      yield taken;
      return;
    }
    this.#ahead ??= holdState(this.#replica.state);
    this.#replica.adopt(next.before);
    this.#behind = true;
    const placed = imprintOf(this.#replica.state);
    yield taken;
    this.#behind = false;
    if (isImprintOf(placed, this.#replica.state)) this.#replica.adopt(this.#ahead);
    else this.#redo(at);
  }

  /** Takes the steps in the queue again, from where somebody else has put the replica. */
  #redo(at: (index: number) => StepAt): void {
    const batches = this.#queue.map(({ batch }) => batch);
    for (const flight of this.#queue) release(flight);
    this.#queue = [];
    this.#forget();
    while (batches.length > 0) {
      try {
        this.#submit(batches.shift() as Batch, at);
      } catch (error) {
        for (const { xs, ys } of batches) tf.dispose([xs, ys]);
        throw error;
      }
    }
  }

  /** Undoes all that is not told of. */
  async #drop(): Promise<void> {
    const flights = this.#queue;
    this.#queue = [];
    const [next] = flights;
    if (next && !this.#behind) this.#replica.adopt(next.before);
    this.#forget();
    await Promise.allSettled(flights.map(({ reading }) => reading));
    for (const flight of flights) {
      release(flight);
      tf.dispose([flight.batch.xs, flight.batch.ys]);
    }
  }

  #forget(): void {
    if (this.#ahead) releaseState(this.#ahead);
    this.#ahead = null;
  }
}

/** Reads the numbers of a step; where that fails, it is who waits for it that hears. */
function read(numbers: tf.Tensor): Promise<StepReading> {
  const reading = numbers.data().then(readingOf);
  reading.catch(() => {});
  return reading;
}

/** Frees what a step holds, but its batch. */
function release({ before, pass, numbers }: Flight): void {
  releaseState(before);
  disposePass(pass);
  numbers.dispose();
}
