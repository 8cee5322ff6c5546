/** Options of {@link SharedSum}. */
export interface SharedSumOptions {
  /** How many replicas take part, each in a thread of its own. */
  replicas: number;
  /** How many numbers each brings at most, over all its parts. */
  length: number;
  /** Milliseconds that a replica waits for the others before it gives up: 5 minutes by default. */
  timeoutMs?: number;
}

/** What a replica needs to take part: goes through `postMessage` or `workerData` without a copy. */
export interface SharedSumHandle {
  replicas: number;
  length: number;
  timeoutMs: number;
  control: SharedArrayBuffer;
  data: SharedArrayBuffer;
}

// Words of the control block, 32 bits each.
/** How many replicas stand at the barrier. */
const COUNT = 0;
/** Grows by one each time the barrier opens; what the waiting sleep on. */
const GENERATION = 1;
/** 0 while all is well, 1 while the reason is being written, 2 when it can be read. */
const ABORTED = 2;
/** Length of the reason in bytes. */
const REASON_LENGTH = 3;
/** From here one word a replica, how often it came to the barrier, then one, how many numbers it brought. */
const REPLICAS = 4;
/** Room for the reason at the block's end, bytes. */
const REASON_BYTES = 1024;

/** Numbers summed at one go: two streams of them, 64 KiB, stay in a core's own cache. */
const BLOCK = 8192;
/** Numbers that a replica brings at one go: 2 MiB. A second such window is filled while the sums of the first are still taken. */
const WINDOW = 2 ** 19;
/** Shards begin at multiples of it, so that no two threads write one cache line: 64 bytes of float32. */
const LINE = 16;

/**
 * Sums arrays over threads, in place: the all-reduce of data-parallel training, over one block of shared memory.
 *
 * Each of n replicas brings float32 arrays of the same lengths and gets the sums back in them. They pass by in windows of 2 MiB: of each
 * window replica k sums the k-th shard, in the order of the ranks, and every replica copies that one result: so the sums are the
 * same bit for bit in all replicas, and from run to run. The shared block takes n · 4 MiB, or 8 · n · length bytes where that is less.
 *
 * `reduce` blocks its thread until all have come; in a browser that is allowed in workers alone.
 * A replica that ends must not leave the others waiting: call `abort` when a worker's `exit` or `error` event
 * comes, and every `reduce` under way or to come throws an Error with its reason. Should that be missed, waiting ends after
 * `timeoutMs`, with the ranks that did not come.
 *
 * @example
 * ```ts
 * import { SharedSum } from '@bcl/backends';
 *
 * const sum = new SharedSum({ replicas: 1, length: 3 });
 * // In each worker: SharedSum.attach(workerData.handle, workerData.rank)
 * const replica = SharedSum.attach(sum.handle(), 0);
 * const gradient = new Float32Array([1, 2, 3]);
 * replica.reduce([gradient]);
 * gradient; // => [1, 2, 3]
 * ```
 */
export class SharedSum {
  readonly replicas: number;
  readonly length: number;
  readonly timeoutMs: number;
  /** Which of the replicas this is, from 0; nothing in the thread that made the memory, until it attaches too. */
  readonly rank: number | undefined;
  private readonly control: Int32Array<SharedArrayBuffer>;
  /** What each replica brings, in two windows. */
  private readonly windows: Float32Array<SharedArrayBuffer>[][];
  /** Windows filled so far, in every replica alike. */
  private turn = 0;

  /** Allocates the shared memory. */
  constructor(options: SharedSumOptions);
  /** @internal What {@link SharedSum.attach} calls. */
  constructor(options: SharedSumHandle, rank: number);
  constructor(options: SharedSumOptions | SharedSumHandle, rank?: number) {
    const { replicas, length, timeoutMs = 300_000 } = options;
    if (!Number.isInteger(replicas) || replicas < 1) {
      throw new RangeError(
        `SharedSum: replicas must be a whole number of at least 1, got ${replicas}`,
      );
    }
    if (!Number.isInteger(length) || length < 0) {
      throw new RangeError(`SharedSum: length must be a whole number of at least 0, got ${length}`);
    }
    if (!(timeoutMs > 0)) {
      throw new RangeError(`SharedSum: timeoutMs must be more than 0, got ${timeoutMs}`);
    }
    if (typeof SharedArrayBuffer === 'undefined') {
      throw new Error(
        'SharedSum: needs SharedArrayBuffer, which this page lacks; serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp',
      );
    }
    this.replicas = replicas;
    this.length = length;
    this.timeoutMs = timeoutMs;
    this.rank = rank;
    const words = REPLICAS + 2 * replicas;
    const control =
      'control' in options ? options.control : new SharedArrayBuffer(4 * words + REASON_BYTES);
    const slot = Math.ceil(Math.min(length, WINDOW) / LINE) * LINE;
    const data = 'data' in options ? options.data : new SharedArrayBuffer(8 * slot * replicas);
    this.control = new Int32Array(control, 0, words);
    this.windows = [0, 1].map((w) =>
      Array.from(
        { length: replicas },
        (_, r) => new Float32Array(data, 4 * slot * (w * replicas + r), slot),
      ),
    );
  }

  /** Takes part as one replica, in the thread that calls it; each rank once. */
  static attach(handle: SharedSumHandle, rank: number): SharedSum {
    if (!Number.isInteger(rank) || rank < 0 || rank >= handle.replicas) {
      throw new RangeError(
        `SharedSum.attach: rank must be a whole number from 0 to ${handle.replicas - 1}, got ${rank}`,
      );
    }
    return new SharedSum(handle, rank);
  }

  /** What the workers need, to be sent to them. */
  handle(): SharedSumHandle {
    const { replicas, length, timeoutMs } = this;
    const data = this.windows[0]?.[0]?.buffer as SharedArrayBuffer;
    return { replicas, length, timeoutMs, control: this.control.buffer, data };
  }

  /**
   * Replaces every number of the parts by its sum over the replicas. Blocks until all have called it.
   *
   * @param parts Arrays of the same lengths, in the same order, in every replica.
   * @throws Error after {@link abort}, after `timeoutMs`, or when the replicas brought different numbers of numbers.
   */
  reduce(parts: readonly Float32Array[]): void {
    const rank = this.own();
    const total = parts.reduce((sum, part) => sum + part.length, 0);
    if (total > this.length) {
      throw this.fail(
        `SharedSum.reduce: has room for ${this.length} numbers, got ${total} from replica ${rank}`,
      );
    }
    if (this.replicas === 1) {
      this.throwIfAborted();
      return;
    }
    Atomics.store(this.control, REPLICAS + this.replicas + rank, total);
    let start = 0;
    do {
      // What others may still take from is the other window: nobody comes here again before all have filled that one.
      const slots = this.windows[this.turn++ % 2] as Float32Array[];
      const end = Math.min(total, start + WINDOW);
      forEachPiece(parts, start, end, (piece, at) => (slots[rank] as Float32Array).set(piece, at));
      this.barrier(rank);
      if (start === 0) this.checkTotals();
      this.sumShard(slots, rank, end - start);
      this.barrier(rank);
      const sums = slots[0] as Float32Array;
      forEachPiece(parts, start, end, (piece, at) =>
        piece.set(sums.subarray(at, at + piece.length)),
      );
      start = end;
    } while (start < total);
  }

  /**
   * Ends the work of all replicas: whoever waits, and whoever comes later, gets an Error with this reason.
   * The first reason stays. Any thread may call it, with or without a rank.
   */
  abort(reason: string): void {
    if (Atomics.compareExchange(this.control, ABORTED, 0, 1) !== 0) return;
    const bytes = new TextEncoder().encode(reason).subarray(0, REASON_BYTES);
    this.reasonBytes().set(bytes);
    Atomics.store(this.control, REASON_LENGTH, bytes.length);
    Atomics.store(this.control, ABORTED, 2);
    Atomics.notify(this.control, ABORTED);
    Atomics.add(this.control, GENERATION, 1);
    Atomics.notify(this.control, GENERATION);
  }

  /** Why the work was ended, or nothing. */
  get aborted(): string | undefined {
    const { control } = this;
    if (Atomics.load(control, ABORTED) === 0) return undefined;
    // Somebody else may be writing the reason this instant; they need microseconds.
    while (Atomics.load(control, ABORTED) === 1) {
      if (Atomics.wait(control, ABORTED, 1, 1000) === 'timed-out') return 'no reason was written';
    }
    // A copy: decoders refuse shared memory.
    const bytes = this.reasonBytes().slice(0, Atomics.load(control, REASON_LENGTH));
    return new TextDecoder().decode(new Uint8Array(bytes));
  }

  /** This replica's shard of the first `count` numbers of all slots, summed into the first slot, in the order of the ranks. */
  private sumShard(slots: Float32Array[], rank: number, count: number): void {
    const lines = Math.ceil(count / LINE);
    const from = Math.floor((lines * rank) / this.replicas) * LINE;
    const to = Math.min(count, Math.floor((lines * (rank + 1)) / this.replicas) * LINE);
    const sums = slots[0] as Float32Array;
    for (let start = from; start < to; start += BLOCK) {
      const end = Math.min(to, start + BLOCK);
      for (let r = 1; r < this.replicas; r++) addRange(sums, slots[r] as Float32Array, start, end);
    }
  }

  /** Waits until every replica has come here. */
  private barrier(rank: number): void {
    this.throwIfAborted();
    const { control } = this;
    const generation = Atomics.load(control, GENERATION);
    Atomics.add(control, REPLICAS + rank, 1);
    if (Atomics.add(control, COUNT, 1) + 1 === this.replicas) {
      Atomics.store(control, COUNT, 0);
      Atomics.add(control, GENERATION, 1);
      Atomics.notify(control, GENERATION);
    } else {
      // Woken, it looks again: who ended the barrier before may come to wake those who wait there only now.
      const end = performance.now() + this.timeoutMs;
      while (Atomics.load(control, GENERATION) === generation) {
        const left = end - performance.now();
        if (left <= 0) throw this.fail(this.whoIsMissing());
        Atomics.wait(control, GENERATION, generation, left);
      }
    }
    this.throwIfAborted();
  }

  private whoIsMissing(): string {
    const visits = Array.from({ length: this.replicas }, (_, r) =>
      Atomics.load(this.control, REPLICAS + r),
    );
    const most = Math.max(...visits);
    const late = visits.flatMap((count, r) => (count < most ? [r] : []));
    return `SharedSum.reduce: replica ${late.join(', ')} of ${this.replicas} did not come within ${this.timeoutMs} ms; look for its error, or raise timeoutMs`;
  }

  private checkTotals(): void {
    const totals = Array.from({ length: this.replicas }, (_, r) =>
      Atomics.load(this.control, REPLICAS + this.replicas + r),
    );
    if (totals.some((total) => total !== totals[0])) {
      throw this.fail(
        `SharedSum.reduce: all replicas must bring as many numbers, got ${totals.join(', ')}`,
      );
    }
  }

  private own(): number {
    if (this.rank === undefined) {
      throw new Error(
        'SharedSum.reduce: this thread made the memory and has no rank; use SharedSum.attach(sum.handle(), rank)',
      );
    }
    return this.rank;
  }

  /** Ends the work of the others too. */
  private fail(reason: string): Error {
    this.abort(reason);
    return new Error(this.aborted);
  }

  private throwIfAborted(): void {
    const reason = this.aborted;
    if (reason !== undefined) throw new Error(reason);
  }

  private reasonBytes(): Uint8Array<SharedArrayBuffer> {
    return new Uint8Array(this.control.buffer, this.control.byteLength, REASON_BYTES);
  }
}

/** `sums += more` from one index to another. A function of its own, so that the engine keeps it compiled. */
function addRange(sums: Float32Array, more: Float32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) sums[i] = (sums[i] as number) + (more[i] as number);
}

/** Calls `visit` with what of each part lies between two places in all of them, and where that begins behind `start`. */
function forEachPiece(
  parts: readonly Float32Array[],
  start: number,
  end: number,
  visit: (piece: Float32Array, at: number) => void,
): void {
  let first = 0;
  for (const part of parts) {
    const [from, to] = [Math.max(start, first), Math.min(end, first + part.length)];
    if (from < to) visit(part.subarray(from - first, to - first), from - start);
    first += part.length;
  }
}
