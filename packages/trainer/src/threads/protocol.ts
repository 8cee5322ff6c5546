import type { SharedSumHandle } from '@bcl/backends';
import type { OptimizerConfig } from '../optimizers/Optimizer.js';
import type { StepAt, StepResult } from '../training/Engine.js';
import type { Evaluated } from '../training/forward.js';
import type { SavedLoss } from '../training/Loss.js';
import type { Culprit } from '../training/nonFinite.js';
import type { Carried, ReplicaNumbers } from './carried.js';

/** All that a thread needs to make its replica. */
export interface ReplicaData {
  rank: number;
  backend: string;
  /** Names of the wasm backend's kernels that are off, whether its convolutions may go Winograd's way, and vectors are paired. */
  kernels: { off: string[]; winograd: boolean; revectorize: boolean };
  /** Modules that register the model's layers. */
  layerModules: string[];
  topology: unknown;
  optimizer: OptimizerConfig;
  /** Decay of the moving average of the weights; null for none. */
  ema: number | null;
  loss: SavedLoss;
  sum: SharedSumHandle;
  slots: Slot[];
  /** By which tensors come from thread to thread, a piece at a time. */
  carrier: SharedArrayBuffer;
  /** Shape of one image. */
  imageShape: number[];
  classes: number;
}

/** Shared memory for one batch. */
export interface Slot {
  xs: SharedArrayBuffer;
  ys: SharedArrayBuffer;
}

/** A part of a batch in shared memory. */
export interface Share {
  slot: number;
  /** Examples of the whole batch. */
  total: number;
  /** First example of this part, and the one after its last. */
  from: number;
  to: number;
}

export type Request =
  | { type: 'step'; share: Share; at: StepAt }
  | { type: 'forward'; share: Share }
  /** The bytes `from … to` of a tensor of the state to adopt are in the carrier. */
  | { type: 'put'; tensor: Carried; from: number; to: number }
  | { type: 'adopt'; numbers: ReplicaNumbers }
  /** For the bytes of a tensor from a place on, in the carrier. */
  | { type: 'pull'; index: number; from: number };

/** Requests under their types. */
export type Requests = { [Type in Request['type']]: Extract<Request, { type: Type }> };

/** Answers under the type of their request. */
export interface Answers {
  ready: null;
  /** Of the whole batch; or, where that was not finite, what this thread knows of the reason. */
  step: StepResult | { loss: number; culprit: Culprit | null };
  forward: Evaluated;
  put: null;
  adopt: null;
  /** Up to which byte they are there; or, after the last tensor, the numbers. */
  pull: { tensor: Carried; to: number } | { numbers: ReplicaNumbers };
}

export type Answer =
  | { type: keyof Answers; value: Answers[keyof Answers] }
  | { type: 'error'; message: string; stack: string | undefined };
