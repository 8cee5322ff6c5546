import * as tf from '@tensorflow/tfjs-core';
import type { ReplicaState } from '../training/ReplicaState.js';
import { byteLength, heapBytes } from './inPlace.js';

/** A tensor of a replica on its way from thread to thread, through shared memory that holds a piece of it at a time. */
export interface Carried {
  part: 'weights' | 'optimizer' | 'average';
  name: string;
  shape: number[];
  dtype: tf.DataType;
}

/** What a replica holds beside its tensors. */
export interface ReplicaNumbers {
  optimizer: Record<string, number>;
  /** Steps that went into the average of the weights; null where none is kept. */
  averageSteps: number | null;
}

/** Bytes of a tensor. */
export function carriedBytes({ shape, dtype }: Carried): number {
  return byteLength({ size: tf.util.sizeFromShape(shape), dtype });
}

/** The tensors of a replica, always in the same order. */
export function carriedTensors({ weights, optimizer, average }: ReplicaState): {
  carried: Carried;
  tensor: tf.Tensor;
}[] {
  const parts = { weights, optimizer: optimizer.tensors, average: average?.means ?? {} };
  return Object.entries(parts).flatMap(([part, tensors]) =>
    Object.entries(tensors).map(([name, tensor]) => {
      const { shape, dtype } = tensor;
      return { carried: { part: part as Carried['part'], name, shape, dtype }, tensor };
    }),
  );
}

export function numbersOf({ optimizer, average }: ReplicaState): ReplicaNumbers {
  return { optimizer: optimizer.numbers, averageSteps: average?.steps ?? null };
}

/**
 * Puts a piece of a tensor's bytes into shared memory, as much as that holds.
 *
 * @param from First of the bytes.
 * @returns The byte after the last.
 */
export async function load(
  carrier: SharedArrayBuffer,
  tensor: tf.Tensor,
  from: number,
): Promise<number> {
  const bytes = heapBytes(tensor) ?? bytesOf(await tensor.data());
  const to = Math.min(bytes.length, from + carrier.byteLength);
  new Uint8Array(carrier).set(bytes.subarray(from, to));
  return to;
}

/** A state that comes in piece by piece; its tensors are its own until it is disposed. */
export class Arrival {
  readonly #parts: Record<Carried['part'], tf.NamedTensorMap> = {
    weights: {},
    optimizer: {},
    average: {},
  };
  /** Bytes of the tensor under way, where the backend's own memory is out of reach. */
  #bytes = new Uint8Array(0);

  /** Takes the next piece of a tensor, the bytes `from … to`, out of shared memory. */
  take(carried: Carried, carrier: SharedArrayBuffer, from: number, to: number): void {
    const { part, name, shape, dtype } = carried;
    const piece = new Uint8Array(carrier, 0, to - from);
    const tensors = this.#parts[part];
    if (tf.getBackend() === 'wasm') {
      // Not zeros, which come by way of an array as large.
      const tensor = tensors[name] ?? tf.keep(tf.fill(shape, 0, dtype as 'float32'));
      tensors[name] = tensor;
      heapBytes(tensor)?.set(piece, from);
      return;
    }
    const length = carriedBytes(carried);
    if (from === 0) this.#bytes = new Uint8Array(length);
    this.#bytes.set(piece, from);
    if (to === length) tensors[name] = tf.keep(tensorOf(this.#bytes, shape, dtype));
  }

  /** What has come. */
  state({ optimizer, averageSteps }: ReplicaNumbers): ReplicaState {
    const { weights, optimizer: tensors, average: means } = this.#parts;
    return {
      weights,
      optimizer: { tensors, numbers: optimizer },
      average: averageSteps === null ? null : { means, steps: averageSteps },
    };
  }

  dispose(): void {
    tf.dispose(this.#parts);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function tensorOf({ buffer }: Uint8Array, shape: number[], dtype: tf.DataType): tf.Tensor {
  const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
  const Values = arrays[dtype as keyof typeof arrays];
  return tf.tensor(new Values(buffer as ArrayBuffer), shape, dtype);
}
