import { PickleError, PickleReader } from './PickleReader.js';
import { Known, type PickleValue, Storage, type StorageClaim } from './PickleValue.js';
import { globalOf, storageOf } from './torchGlobals.js';

/** What one pickle held. */
export interface Unpickled {
  value: PickleValue;
  /** The storages that it names, by their keys. */
  storages: Map<string, StorageClaim>;
  /** Place of the byte after it. */
  end: number;
}

/** Lists and tuples that one pickle may hold, a dict counted as four: enough for the tensors of 100 000 layers. */
const MOST_CONTAINERS = 2 ** 20;

/** Stands on the stack where a list of values begins. */
const MARK = Symbol('mark');

/**
 * Reads a pickle as data. This is no Python: it knows the operations that build data, and of the names that a pickle may ask
 * for those in `torchGlobals` alone. Everything else is refused by name, and nothing is ever called.
 *
 * @param bytes Where the pickle lies.
 * @param at Place of its first byte.
 * @throws PickleError for what is no pickle, is cut short, or asks for more than data.
 *
 * @see Python, Lib/pickletools.py, for what the operations mean.
 */
export function unpickle(bytes: Uint8Array, at = 0): Unpickled {
  return new Machine(new PickleReader(bytes, at)).run();
}

class Machine {
  readonly #in: PickleReader;
  readonly #stack: (PickleValue | typeof MARK)[] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #storages = new Map<string, StorageClaim>();
  #containers = 0;

  constructor(reader: PickleReader) {
    this.#in = reader;
  }

  run(): Unpickled {
    for (;;) {
      const at = this.#in.at;
      const code = this.#in.u8();
      if (code === STOP) {
        const value = this.#pop();
        return { value, storages: this.#storages, end: this.#in.at };
      }
      const operation = operations[code];
      if (!operation) {
        throw new PickleError(
          `holds the operation 0x${code.toString(16).padStart(2, '0')} at byte ${at}, which weights do not need`,
        );
      }
      operation(this, this.#in);
    }
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  /** Pushes a new dict, list or tuple. */
  pushNew(value: PickleValue[] | Map<PickleValue, PickleValue>): void {
    // A dict that a constructor made of a list was not paid for item by item.
    this.#containers += value instanceof Map ? 4 + value.size : 1;
    if (this.#containers > MOST_CONTAINERS) {
      throw new PickleError('holds more lists and dicts than weights do');
    }
    this.#stack.push(value);
  }

  mark(): void {
    this.#stack.push(MARK);
  }

  /** Takes the values after the last mark, and the mark. */
  popToMark(): PickleValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw new PickleError('closes a list that was not begun');
    const values = this.#stack.splice(mark);
    return values.slice(1) as PickleValue[];
  }

  popMany(count: number): PickleValue[] {
    const values: PickleValue[] = [];
    for (let i = 0; i < count; i++) values.unshift(this.#pop());
    return values;
  }

  /** Drops the value on top, or a mark. */
  drop(): void {
    if (this.#stack.pop() === undefined) throw new PickleError('takes a value that is not there');
  }

  remember(index: number): void {
    this.#memo.set(index, this.#top());
  }

  /** Under the next free number. */
  memoize(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw new PickleError('recalls a value that was not kept');
    this.push(value);
  }

  append(values: PickleValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw new PickleError('appends to something that is no list');
    for (const value of values) list.push(value);
  }

  setItems(values: PickleValue[]): void {
    const dict = this.#top();
    if (!(dict instanceof Map)) throw new PickleError('sets an item of something that is no dict');
    setPairs(dict, values);
  }

  /** What stands for a call. */
  reduce(): void {
    const [known, args] = this.popMany(2);
    if (!(known instanceof Known) || !known.make || !Array.isArray(args)) {
      const what = known instanceof Known ? known.name : 'a value';
      throw new PickleError(`calls ${what}, which is nothing to be called`);
    }
    const made = known.make(args);
    if (Array.isArray(made) || made instanceof Map) this.pushNew(made);
    else this.push(made);
  }

  /** Attributes of a dict, such as `_metadata`: they say nothing of weights, and are passed over. */
  build(): void {
    this.#pop();
    if (!(this.#top() instanceof Map)) {
      throw new PickleError('sets the state of an object, where weights have dicts alone');
    }
  }

  global(module: PickleValue | undefined, name: PickleValue | undefined): void {
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw new PickleError('asks for something whose name is no text');
    }
    this.push(globalOf(module, name));
  }

  persistent(): void {
    const storage = storageOf(this.#pop());
    const { claim } = storage;
    const known = this.#storages.get(claim.key);
    if (known && (known.dtype !== claim.dtype || known.count !== claim.count)) {
      throw new PickleError('describes one storage in two ways');
    }
    if (!known) this.#storages.set(claim.key, claim);
    this.push(known ? new Storage(known, storage.offset, storage.count) : storage);
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) {
      throw new PickleError('takes a value that is not there');
    }
    return value;
  }

  #top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined || value === MARK) {
      throw new PickleError('takes a value that is not there');
    }
    return value;
  }
}

function setPairs(dict: Map<PickleValue, PickleValue>, values: PickleValue[]): void {
  if (values.length % 2 === 1) throw new PickleError('sets a key without a value');
  for (let i = 0; i < values.length; i += 2) {
    dict.set(values[i] as PickleValue, values[i + 1] as PickleValue);
  }
}

/** A whole number written as text. */
function wholeNumber(text: string): number | bigint {
  if (!/^[+-]?\d{1,100}L?$/.test(text)) throw new PickleError('holds a number that is none');
  const value = BigInt(text.replace(/^\+|L$/g, ''));
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

type Operation = (machine: Machine, reader: PickleReader) => void;

const STOP = code('.');

/** Those of pickle's operations that build data, by their codes: protocols 1 to 5, of which PyTorch writes the second. */
const operations: readonly (Operation | undefined)[] = byCode([
  [0x80, (_, r) => void r.u8()], // PROTO
  [0x95, (_, r) => void r.u64()], // FRAME
  ['(', (m) => m.mark()],
  ['0', (m) => m.drop()], // POP
  ['1', (m) => void m.popToMark()], // POP_MARK
  ['N', (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  ['I', (m, r) => m.push(intOrBool(r.line()))],
  ['J', (m, r) => m.push(r.i32())],
  ['K', (m, r) => m.push(r.u8())],
  ['M', (m, r) => m.push(r.u16())],
  ['L', (m, r) => m.push(wholeNumber(r.line()))],
  [0x8a, (m, r) => m.push(r.long(r.u8()))],
  [0x8b, (m, r) => m.push(r.long(r.u32()))],
  ['G', (m, r) => m.push(r.f64())],
  ['T', (m, r) => m.push(r.oldText(r.u32()))],
  ['U', (m, r) => m.push(r.oldText(r.u8()))],
  ['X', (m, r) => m.push(r.text(r.u32()))],
  [0x8c, (m, r) => m.push(r.text(r.u8()))],
  [0x8d, (m, r) => m.push(r.text(r.u64()))],
  ['B', (m, r) => m.push(r.bytes(r.u32()))],
  ['C', (m, r) => m.push(r.bytes(r.u8()))],
  [0x8e, (m, r) => m.push(r.bytes(r.u64()))],
  [')', (m) => m.pushNew([])],
  ['t', (m) => m.pushNew(m.popToMark())],
  [0x85, (m) => m.pushNew(m.popMany(1))],
  [0x86, (m) => m.pushNew(m.popMany(2))],
  [0x87, (m) => m.pushNew(m.popMany(3))],
  [']', (m) => m.pushNew([])],
  ['a', (m) => m.append(m.popMany(1))],
  ['e', (m) => m.append(m.popToMark())],
  ['}', (m) => m.pushNew(new Map())],
  ['s', (m) => m.setItems(m.popMany(2))],
  ['u', (m) => m.setItems(m.popToMark())],
  ['q', (m, r) => m.remember(r.u8())],
  ['r', (m, r) => m.remember(r.u32())],
  [0x94, (m) => m.memoize()],
  ['h', (m, r) => m.recall(r.u8())],
  ['j', (m, r) => m.recall(r.u32())],
  ['c', (m, r) => m.global(r.line(), r.line())],
  [0x93, (m) => m.global(...(m.popMany(2) as [PickleValue, PickleValue]))], // STACK_GLOBAL
  ['R', (m) => m.reduce()],
  ['b', (m) => m.build()],
  ['Q', (m) => m.persistent()],
]);

/** In protocol 1, 00 and 01 are the booleans. */
function intOrBool(text: string): number | bigint | boolean {
  return text === '01' ? true : text === '00' ? false : wholeNumber(text);
}

function code(letter: string): number {
  return letter.charCodeAt(0);
}

function byCode(list: [string | number, Operation][]): (Operation | undefined)[] {
  const table = new Array<Operation | undefined>(256).fill(undefined);
  for (const [key, operation] of list) {
    table[typeof key === 'number' ? key : code(key)] = operation;
  }
  return table;
}
