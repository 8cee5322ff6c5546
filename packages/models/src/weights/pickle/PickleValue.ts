import type { StoredType } from '../storedTypes.js';

/** What a pickle of weights can hold: data, and nothing that acts. Lists and tuples are both arrays, dicts are maps. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Known
  | Storage
  | PickledTensor;

/** A name out of Python that is known here. */
export class Known {
  constructor(
    readonly name: string,
    /** What stands for calling it: makes data of data. */
    readonly make?: ((args: readonly PickleValue[]) => PickleValue) | undefined,
    /** The number type that it is the name of, or whose storage. */
    readonly dtype?: StoredType | undefined,
  ) {}
}

/** A run of numbers that the pickle names and the file holds elsewhere. */
export interface StorageClaim {
  key: string;
  /** Type of its numbers; null where it is bytes. */
  dtype: StoredType | null;
  /** How many it claims to be. */
  count: number;
}

/** What a pickle knows of a storage: its name, and from where on; the numbers come later. */
export class Storage {
  constructor(
    readonly claim: StorageClaim,
    /** First number and how many: of those of the oldest files, a part of what is claimed. */
    readonly offset: number,
    readonly count: number,
  ) {}
}

/** A tensor as pickled: a walk over a storage. */
export class PickledTensor {
  constructor(
    readonly storage: Storage,
    readonly dtype: StoredType,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}
