import type { BackendChoiceName } from '../names.js';
import type { Cuts } from './plan.js';

/** The flags of `bcl reproduce`, parsed. */
export interface ReproduceFlags extends Cuts {
  cifar10: string;
  cifar100: string;
  cifar10h: string;
  out?: string;
  processes: number | 'auto';
  backend: BackendChoiceName;
  resident: boolean;
  /** One cell and trial alone, in this process. */
  cell?: string;
  trial?: number;
}
