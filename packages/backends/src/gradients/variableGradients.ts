import * as tf from '@tensorflow/tfjs-core';
import { freeSaved, isFresh, pathsTo, record, recordingEngine, type TapeNode } from './tape.js';

/** A loss and its gradients; all are the caller's. */
export interface VariableGradients {
  value: tf.Scalar;
  /** Under the names of the variables; those that are not trainable, or that the loss does not depend on, have none. */
  grads: tf.NamedTensorMap;
}

/**
 * A loss and its gradients as `tf.variableGrads` gives them, the same numbers, in less memory: on the way back every tensor goes as soon
 * as the last operation that needs it is done, where TensorFlow.js keeps all of them, and the gradients of all, to the end.
 *
 * Inside of a function that is itself differentiated it is `tf.variableGrads`: a second derivative needs everything.
 *
 * @param f Gives the loss, a scalar; runs once.
 * @param variables What the gradients are of.
 * @throws Error when the loss is no scalar, or depends on none of the variables, TypeError when it is no tensor.
 *
 * @example
 * ```ts
 * import { useBackend, variableGradients } from '@bcl/backends';
 * import * as tf from '@tensorflow/tfjs-core';
 * import '@tensorflow/tfjs-layers'; // registers the gradients of TensorFlow.js
 *
 * await useBackend('wasm');
 * const w = tf.variable(tf.tensor1d([1, 2]), true, 'weight');
 * const { value, grads } = variableGradients(() => tf.sum(tf.square(w)), [w]);
 * value.dataSync(); // => [5]
 * grads.weight.dataSync(); // => [2, 4]
 * ```
 */
export function variableGradients(
  f: () => tf.Scalar,
  variables: readonly tf.Variable[],
): VariableGradients {
  const moving = variables.filter(({ trainable }) => trainable);
  if (recordingEngine().state.gradientDepth > 0) return tf.variableGrads(f, [...variables]);
  const { y, tape } = record(() => checkTensor(f()));
  try {
    if (y.rank !== 0) {
      throw new Error(`variableGradients: f must give a scalar, got [${y.shape.join(', ')}]`);
    }
    const path = pathsTo(y, moving, tape);
    if (path.length === 0) {
      throw new Error(
        `variableGradients: the loss must depend on the variables, got one that depends on none of ${moving.length} that are trainable; use them inside of f`,
      );
    }
    const needed = new Set(path.map(({ id }) => id));
    freeSaved(tape.filter(({ id }) => !needed.has(id)));
    return { value: y, grads: tf.tidy(() => backward(y, moving, path)) };
  } catch (error) {
    y.dispose();
    throw error;
  } finally {
    freeSaved(tape);
  }
}

function checkTensor(y: unknown): tf.Scalar {
  if (y instanceof tf.Tensor) return y as tf.Scalar;
  const kind = y instanceof Promise ? 'a promise' : y === undefined ? 'nothing' : `a ${typeof y}`;
  throw new TypeError(
    `variableGradients: f must give the loss as a scalar tensor, at once, got ${kind}`,
  );
}

/** Gradients of the variables, from the last operation to the first. */
function backward(
  y: tf.Tensor,
  variables: readonly tf.Variable[],
  path: readonly TapeNode[],
): tf.NamedTensorMap {
  const gradients = new Map<number, tf.Tensor>([[y.id, tf.ones(y.shape)]]);
  for (const node of [...path].reverse()) {
    const dys = node.outputs.map(({ id }) => gradients.get(id) ?? null);
    for (const [id, gradient] of tf.tidy(() => gradientsOf(node, dys, gradients))) {
      gradients.set(id, gradient);
    }
    // All that depends on these outputs has been passed: nobody asks for their gradients again.
    for (const { id } of node.outputs) {
      gradients.get(id)?.dispose();
      gradients.delete(id);
    }
    tf.dispose(node.saved);
  }
  const found = variables.flatMap((variable) => {
    const gradient = gradients.get(variable.id);
    return gradient ? [[variable.name, gradient] as const] : [];
  });
  return Object.fromEntries(found);
}

/**
 * Gradients of the inputs of one operation, added to what other uses of an input have sent back; by the ids of the inputs.
 *
 * @param dys Those of its outputs.
 * @param gradients What is known so far; what is added to is let go.
 */
function gradientsOf(
  { kernelName, inputs, gradient }: TapeNode,
  dys: (tf.Tensor | null)[],
  gradients: ReadonlyMap<number, tf.Tensor>,
): [id: number, gradient: tf.Tensor][] {
  const compute = gradient?.(dys);
  const made = new Map<number, tf.Tensor>();
  for (const [name, x] of Object.entries(inputs)) {
    const part = compute?.[name];
    if (!part) {
      throw new Error(
        `variableGradients: operations must have gradients, got ${kernelName}, which has none for ${name}; import @tensorflow/tfjs-layers, which registers them`,
      );
    }
    const dx = tf.tidy(part);
    if (dx.dtype !== 'float32' || !tf.util.arraysEqual(dx.shape, x.shape)) {
      throw new Error(
        `variableGradients: the gradient of ${name} of ${kernelName} must be float32 [${x.shape.join(', ')}], got ${dx.dtype} [${dx.shape.join(', ')}]`,
      );
    }
    const before = made.get(x.id) ?? gradients.get(x.id);
    made.set(x.id, before ? tf.add(before, dx) : owned(dx, [...made.values()]));
    before?.dispose();
  }
  return [...made];
}

/** A tensor that may be let go: itself where the operation has just made it, or a handle of its own on what somebody else holds. */
function owned(x: tf.Tensor, taken: readonly tf.Tensor[]): tf.Tensor {
  return isFresh(x) && !taken.includes(x) ? x : tf.clone(x);
}
