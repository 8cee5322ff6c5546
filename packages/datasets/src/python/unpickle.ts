import type { PickledArray } from './pickleGlobals.js';
import { PickleMachine } from './pickleMachine.js';
import { type PickleStep, steps } from './pickleSteps.js';

/** What a pickle of data holds. Tuples are arrays, Python 2's strings are bytes, keys of dicts are text. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | PickledArray
  | readonly Pickled[]
  | ReadonlyMap<string, Pickled>;

/** The code that ends a pickle, a full stop. */
const STOP = 0x2e;

/**
 * Reads a Python pickle of protocols 0 to 4 as data: arrays of NumPy's, lists, tuples, dicts, strings,
 * numbers. Nothing in it is ever run, whatever it names.
 *
 * Byte strings and arrays of bytes are views of `bytes`, and what else is made is bounded by its length.
 *
 * @param where What begins the messages: the function that reads, and the file.
 * @throws Error when it is cut short, damaged, or names a global that is no data.
 *
 * @see Python's pickletools, which describes each code.
 */
export function unpickle(bytes: Uint8Array, where: string): Pickled {
  const machine = new PickleMachine(bytes, where);
  for (let code = machine.whole(1); code !== STOP; code = machine.whole(1)) {
    (steps[code] as PickleStep)(machine);
  }
  return machine.end() as Pickled;
}
