import * as tf from '@tensorflow/tfjs-core';

/** An operation that TensorFlow.js has recorded for the way back (4.22: `TapeNode`). */
export interface TapeNode {
  id: number;
  kernelName: string;
  inputs: tf.NamedTensorMap;
  outputs: tf.Tensor[];
  /** Handles of its own on what its gradient reads. */
  saved: tf.Tensor[];
  /** What computes the gradient of each input, of those of the outputs; null for an output that the loss does not depend on. */
  gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
}

/** What of the engine records operations. */
export interface RecordingEngine {
  state: {
    activeTape: TapeNode[] | null;
    activeScope: { id: number; track: tf.Tensor[] } | null;
    gradientDepth: number;
  };
  startTape(): void;
  endTape(): void;
}

/** The engine that all of TensorFlow.js shares, with what its types leave out. */
export function recordingEngine(): RecordingEngine {
  return tf.engine() as unknown as RecordingEngine;
}

/** Kernels whose gradients, of what they have saved, read nothing but the shapes. */
const SHAPES_ALONE = new Set([
  'Add',
  'AddN',
  'Concat',
  'ExpandDims',
  'Mean',
  'Pack',
  'PadV2',
  'Reshape',
  'Slice',
  'Sub',
  'Sum',
]);

/** Whether a tensor was made in the tidy at hand and may be let go there. */
export function isFresh(x: tf.Tensor): boolean {
  const { activeScope } = recordingEngine().state;
  return x.scopeId === activeScope?.id && !x.kept && !(x instanceof tf.Variable);
}

/**
 * Runs `f` and records it. What an operation saves for its shape alone is let go at once: the two sides of an addition, say, which
 * nothing else may need.
 *
 * @returns What `f` gave, or a handle of its own on what somebody else holds, and the operations in their order; what they have saved is the caller's to free.
 */
export function record<T extends tf.Tensor>(f: () => T): { y: T; tape: TapeNode[] } {
  const engine = recordingEngine();
  const tape: TapeNode[] = [];
  tape.push = (...nodes) => {
    for (const node of nodes) if (SHAPES_ALONE.has(node.kernelName)) tf.dispose(node.saved);
    return Array.prototype.push.apply(tape, nodes);
  };
  engine.startTape();
  engine.state.activeTape = tape;
  try {
    const y = tf.tidy(() => {
      const given = f();
      return isFresh(given) ? given : tf.clone(given);
    });
    return { y, tape };
  } catch (error) {
    freeSaved(tape);
    throw error;
  } finally {
    engine.endTape();
    engine.state.activeTape = null;
  }
}

/** The operations that lead from the variables to `y`, of whose inputs only those that depend on a variable are left. */
export function pathsTo(
  y: tf.Tensor,
  variables: readonly tf.Tensor[],
  tape: readonly TapeNode[],
): TapeNode[] {
  const dependent = new Set(variables.map(({ id }) => id));
  const fromVariables = tape.flatMap((node) => {
    const inputs = Object.entries(node.inputs).filter(([, { id }]) => dependent.has(id));
    if (inputs.length === 0) return [];
    for (const { id } of node.outputs) dependent.add(id);
    return [{ ...node, inputs: Object.fromEntries(inputs) }];
  });
  const leading = new Set([y.id]);
  return fromVariables
    .reverse()
    .filter((node) => {
      const leads = node.outputs.some(({ id }) => leading.has(id));
      if (leads) for (const { id } of Object.values(node.inputs)) leading.add(id);
      return leads;
    })
    .reverse();
}

/** Lets go of what operations have saved. */
export function freeSaved(tape: readonly TapeNode[]): void {
  for (const { saved } of tape) tf.dispose(saved);
}
