import { DataIterator, type Dataset, type Preprocessing } from '@bcl/datasets';
import * as tf from '@tensorflow/tfjs-core';
import {
  type LayersModel,
  model as modelOf,
  type layers as tfLayers,
} from '@tensorflow/tfjs-layers';

export interface ActivationOptions {
  /** Name of the layer whose output is wanted. Default: what the last layer with weights is fed. */
  layer?: string;
  /** Default 128. */
  batchSize?: number;
}

/** What a layer gives for each image of a data set. */
export interface Activations {
  /** Name of the layer. */
  layer: string;
  /** Numbers that it gives for an image. */
  size: number;
  /** `[N, size]`, image after image. */
  values: Float32Array;
  /** Class of each image. */
  labels: Int32Array;
  /** Class that the model says of each image. */
  said: Int32Array;
  classNames: readonly string[];
}

/**
 * What a layer gives for each image of a data set, in evaluation. Where it gives maps,
 * `[H, W, C]`, their mean over the positions is taken, `[C]`.
 *
 * @throws RangeError when the model has no such layer, or the data set does not fit it.
 */
export async function activations(
  { model, preprocessing }: { model: LayersModel; preprocessing: Preprocessing },
  dataset: Dataset,
  { layer: name, batchSize = 128 }: ActivationOptions = {},
): Promise<Activations> {
  const { output, layer } = tapOf(model, name);
  const size = output.shape.at(-1) as number;
  const count = dataset.labels.length;
  const values = new Float32Array(count * size);
  const said = new Int32Array(count);
  // Its layers are those of the model: there is nothing of its own to dispose.
  const [last] = model.outputs;
  const outputs = output === last ? [output] : [output, ...model.outputs];
  const tapped = modelOf({ inputs: model.inputs, outputs });
  const batches = new DataIterator(dataset, {
    batchSize: Math.min(batchSize, count),
    preprocessing,
  });
  let at = 0;
  for await (const { xs, ys } of batches) {
    const tensors = tf.tidy(() => {
      const given = tapped.predict(xs, { batchSize: xs.shape[0] });
      const [x, logits = x] = (Array.isArray(given) ? given : [given]) as [tf.Tensor, tf.Tensor?];
      const positions = x.shape.slice(1, -1).map((_, i) => i + 1);
      return [positions.length > 0 ? tf.mean(x, positions) : x, tf.argMax(logits, -1)] as const;
    });
    try {
      const [rows, answers] = await Promise.all([tensors[0].data(), tensors[1].data()]);
      values.set(rows, at * size);
      said.set(answers, at);
      at += xs.shape[0];
    } finally {
      tf.dispose([xs, ys, ...tensors]);
    }
  }
  const { classNames } = dataset;
  return { layer, size, values, labels: Int32Array.from(dataset.labels), said, classNames };
}

type Layer = InstanceType<typeof tfLayers.Layer>;
type Symbol = LayersModel['outputs'][number];

/** The output of a layer, or the input of the last layer with weights, and the name of the layer that it is of. */
function tapOf(
  { layers }: LayersModel,
  name: string | undefined,
): { output: Symbol; layer: string } {
  const layer =
    name === undefined
      ? [...layers].reverse().find(({ weights }) => weights.length > 0)
      : layers.find((each) => each.name === name);
  if (!layer) {
    throw new RangeError(
      `activations: layer must be one of ${layers.map((each) => each.name).join(', ')}, got ${name ?? 'a model without weights'}`,
    );
  }
  const tensor = (name === undefined ? layer.input : layer.output) as Symbol | Symbol[];
  if (Array.isArray(tensor)) {
    throw new RangeError(
      `activations: layer must give one tensor, got ${tensor.length} of ${layer.name}; name another`,
    );
  }
  return { output: tensor, layer: (tensor.sourceLayer as Layer).name };
}
