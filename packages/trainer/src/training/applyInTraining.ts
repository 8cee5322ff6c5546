import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { innermostLayers, type Layer } from './innermostLayers.js';

type StatefulLayer = Layer & { stateful: boolean };

/** What layers do about masks that make none of their own: nothing, or, where they join several inputs, to join theirs. */
const joinMasks = new Set([
  layers.Layer.prototype.computeMask,
  ...['Add', 'Concatenate'].map(computeMaskOf),
]);

/**
 * `model.apply(xs, { training: true })`, the same operations in the same order, but that the output of a layer goes as soon as the
 * last layer that takes it is done: TensorFlow.js keeps all of them. What the gradients need has handles of its own.
 *
 * Models with layers that may make masks, or with several inputs or outputs, are run by TensorFlow.js.
 *
 * @returns The model's output, owned by the caller.
 */
export function applyInTraining(model: LayersModel, xs: tf.Tensor): tf.Tensor {
  const [input, output] = [model.inputs, model.outputs].map((ends) => ends[0]) as [
    SymbolicTensor,
    SymbolicTensor,
  ];
  if (!isPlain(model) || !fits(xs, input)) {
    return model.apply(xs, { training: true }) as tf.Tensor;
  }
  const order = inOrder(output, input);
  const uses = new Map<SymbolicTensor, number>([[output, 1]]);
  for (const each of order) {
    for (const taken of new Set(each.inputs)) uses.set(taken, (uses.get(taken) ?? 0) + 1);
  }
  return tf.tidy(() => {
    const values = new Map<SymbolicTensor, tf.Tensor>([[input, xs]]);
    for (const each of order) {
      const layer = each.sourceLayer as StatefulLayer;
      const taken = each.inputs.map((one) => values.get(one) as tf.Tensor);
      values.set(each, layer.apply(taken, { training: true }) as tf.Tensor);
      for (const one of new Set(each.inputs)) {
        const left = (uses.get(one) as number) - 1;
        uses.set(one, left);
        const value = values.get(one) as tf.Tensor;
        const lent = one === input || (one.sourceLayer as StatefulLayer).stateful;
        if (left === 0 && !lent && isMadeHere(value)) value.dispose();
      }
    }
    const result = values.get(output) as tf.Tensor;
    return output !== input && isMadeHere(result) ? result : tf.clone(result);
  });
}

/** Whether a tensor was made in the tidy at hand, and is not one that a layer keeps: a weight, a constant. */
function isMadeHere(x: tf.Tensor): boolean {
  const { activeScope } = (tf.engine() as unknown as { state: { activeScope: { id: number } } })
    .state;
  return x.scopeId === activeScope.id && !x.kept && !(x instanceof tf.Variable);
}

/** Of a class of TensorFlow.js's, by its name: a layer that was made to ask it would take a name of the next model's. */
function computeMaskOf(className: string): Layer['computeMask'] {
  const [made] = tf.serialization.SerializationMap.getMap().classNameMap[className] as [
    { prototype: unknown },
    unknown,
  ];
  return (made.prototype as Layer).computeMask;
}

/** Whether each layer makes one tensor, and none a mask. */
function isPlain({ inputs, outputs, layers }: LayersModel): boolean {
  return (
    inputs.length === 1 &&
    outputs.length === 1 &&
    layers.every(({ inboundNodes }) =>
      inboundNodes.every(({ outputTensors }) => outputTensors.length === 1),
    ) &&
    innermostLayers(layers).every(({ computeMask }) => joinMasks.has(computeMask))
  );
}

/** Whether images are what a model's input takes; if not, TensorFlow.js says why. */
function fits(xs: tf.Tensor, { shape, dtype }: SymbolicTensor): boolean {
  return (
    xs.dtype === dtype &&
    xs.rank === shape.length &&
    shape.every((size, axis) => size === null || size === xs.shape[axis])
  );
}

/** What leads from an input to an output, each after what it is made of, in the order in which TensorFlow.js runs them. */
function inOrder(output: SymbolicTensor, input: SymbolicTensor): SymbolicTensor[] {
  const order: SymbolicTensor[] = [];
  const seen = new Set([input]);
  const visit = (tensor: SymbolicTensor): void => {
    if (seen.has(tensor)) return;
    seen.add(tensor);
    for (const each of [...tensor.inputs].reverse()) visit(each);
    order.push(tensor);
  };
  visit(output);
  return order;
}
