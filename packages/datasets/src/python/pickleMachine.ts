import { type PickledArray, type PickleGlobal, text } from './pickleGlobals.js';
import { bytesOfRepr, textOfEscapes } from './pickleText.js';

/** A file may make an object of this many of its bytes on average, and a few more: filenames take thirty. */
const BYTES_PER_OBJECT = 8;

/** How many objects a file may make however small it is. */
const FEW_OBJECTS = 1000;

/** Values that may wait on the stack; Python itself never leaves more than some thousand there. */
const STACK_LIMIT = 2 ** 20;

/** Where a list or dict begins on the stack. */
export const mark: unique symbol = Symbol('mark');

/**
 * The stack machine that a pickle is a program for. It makes data alone, no more than a file of its size has
 * use for: else a small one could fill the memory with empty lists.
 */
export class PickleMachine {
  /** What begins the messages. */
  readonly where: string;
  /** Values kept to be used again, by their numbers. */
  readonly memo: Map<number, unknown> = new Map();
  readonly #bytes: Buffer;
  readonly #stack: unknown[] = [];
  #at = 0;
  /** Objects that may still be made. */
  #objects: number;
  /** Bytes that may still be made: each of the file's is decoded once, and once more as latin1. */
  #spare: number;

  constructor(bytes: Uint8Array, where: string) {
    this.where = where;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#objects = FEW_OBJECTS + bytes.length / BYTES_PER_OBJECT;
    this.#spare = 4 * bytes.length;
  }

  /** Bytes that were not read yet. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** The one value that is left at the end. */
  end(): unknown {
    if (this.#stack.length !== 1 || this.left > 0) {
      throw this.damaged('it ends too early, or holds more than one value');
    }
    return this.pop();
  }

  push(value: unknown): void {
    this.#stack.push(value);
    if (this.#stack.length > STACK_LIMIT) throw this.damaged('its stack grows without end');
  }

  /** Pushes a new object. */
  make(value: unknown): void {
    this.#count();
    this.push(value);
  }

  top(): unknown {
    const value = this.#stack.at(-1);
    if (value === undefined || value === mark) throw this.damaged('its stack is empty');
    return value;
  }

  pop(): unknown {
    const value = this.top();
    this.#stack.pop();
    return value;
  }

  popSome(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  popToMark(): unknown[] {
    const start = this.#stack.lastIndexOf(mark);
    if (start < 0) throw this.damaged('a mark is missing');
    const values = this.#stack.splice(start);
    values.shift();
    return values;
  }

  /** Adds to the list on top. */
  extend(values: readonly unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.damaged('it appends to what is no list');
    for (const value of values) list.push(value);
  }

  /** Sets keys and values of the dict on top. */
  setItems(items: readonly unknown[]): void {
    const dict = this.top();
    if (!(dict instanceof Map) || items.length % 2 === 1) {
      throw this.damaged('it sets items of what is no dict');
    }
    for (let i = 0; i < items.length; i += 2) {
      const key = typeof items[i] === 'number' ? String(items[i]) : text(items[i]);
      if (key === undefined) throw this.damaged('a key of a dict is neither text nor a number');
      this.#count();
      dict.set(key, items[i + 1]);
    }
  }

  recall(place: number): void {
    if (!this.memo.has(place)) throw this.damaged(`it recalls ${place}, which it never kept`);
    this.push(this.memo.get(place));
  }

  keep(place: number): void {
    this.#count();
    this.memo.set(place, this.top());
  }

  /** Calls what a global stands for. */
  reduce(): void {
    const [callee, args] = this.popSome(2);
    const call = (callee as PickleGlobal | null)?.call;
    const context = { where: this.where, spend: (bytes: number) => this.#spend(bytes) };
    const made = call && Array.isArray(args) ? call(args, context) : undefined;
    if (made === undefined) throw this.damaged('it calls something with the wrong arguments');
    this.make(made);
  }

  /** Fills in the array below the top with the state on top. */
  build(): void {
    const state = this.pop();
    const object = this.top() as Partial<PickledArray> | null;
    if (!object?.build) throw this.damaged('it builds what is no array');
    object.build(state, this.where);
  }

  /** The next `count` bytes, of the file itself. */
  take(count: number): Buffer {
    if (count > this.left) throw this.damaged('it was cut short');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** A whole number from 0, of 1, 2, 4 or 8 bytes. */
  whole(bytes: number): number {
    const taken = this.take(bytes);
    return bytes < 8 ? taken.readUIntLE(0, bytes) : Number(taken.readBigUInt64LE());
  }

  /** A whole number of up to eight bytes, in two's complement. */
  long(bytes: number): number {
    if (bytes > 8) throw this.damaged(`it holds a whole number of ${bytes} bytes`);
    const taken = this.take(bytes);
    const filled = Buffer.alloc(8, (taken.at(-1) ?? 0) & 0x80 ? 0xff : 0);
    taken.copy(filled);
    return this.#safe(Number(filled.readBigInt64LE()));
  }

  /** A line without its end; of at most `limit` bytes where that is given. */
  line(limit: number = Number.POSITIVE_INFINITY): string {
    const end = this.#bytes.indexOf('\n', this.#at, 'latin1');
    if (end < 0) throw this.damaged('it was cut short');
    if (end - this.#at > limit) throw this.damaged('a line is too long');
    const taken = this.take(end + 1 - this.#at);
    this.#spend(taken.length);
    return taken.toString('latin1', 0, taken.length - 1);
  }

  /** A number in Python's decimal notation. */
  number(line: string): number {
    if (/^-?\d+$/.test(line)) return this.#safe(Number(line));
    if (/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(line)) return Number(line);
    throw this.damaged(`${JSON.stringify(line)} is no number`);
  }

  /** A number, or a truth value as protocol 0 writes it. */
  intLine(line: string): number | boolean {
    return line === '01' || line === '00' ? line === '01' : this.number(line);
  }

  utf8(count: number): string {
    const taken = this.take(count);
    this.#spend(count);
    return taken.toString('utf8');
  }

  /** Bytes as Python 2 shows them. */
  quoted(): Uint8Array {
    const line = this.line();
    this.#spend(line.length);
    const bytes = bytesOfRepr(line);
    if (bytes === undefined) throw this.damaged('a string lacks its quotes');
    return bytes;
  }

  /** Text as protocol 0 writes it. */
  escaped(): string {
    return textOfEscapes(this.line());
  }

  damaged(why: string): Error {
    return new Error(
      `${this.where}: cannot read the pickle at byte ${this.#at}: ${why}; is it a pickle, and whole? Download it again`,
    );
  }

  #count(): void {
    if (--this.#objects < 0) throw this.damaged('it makes too many objects for its size');
  }

  #spend(bytes: number): void {
    this.#spare -= bytes;
    if (this.#spare < 0) throw this.damaged('it makes too much for its size');
  }

  #safe(value: number): number {
    if (!Number.isSafeInteger(value)) throw this.damaged('it holds a whole number beyond ±2^53');
    return value;
  }
}
