import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { BatchNorm } from '../layers/batchNorm.js';
import { detailOf } from './detailOf.js';
import { type Layer, type LayerCall, modelCalls } from './modelCalls.js';

/** What one layer costs. */
export interface LayerSummary {
  name: string;
  /** Its class, without the `Bcl` of ours: `Conv2D`, `BatchNorm`. */
  type: string;
  /** Its settings as far as a reader wants them: `3×3, stride 2, 32 groups`. */
  detail: string;
  /** Names of the layers that it takes from. */
  inputs: string[];
  /** Shape of its result for one example. */
  outputShape: number[];
  /** Numbers that training may change: weights and biases. */
  parameters: number;
  /** Products that are summed up, for one example. */
  multiplyAdds: number;
}

/** What a model costs. */
export interface ModelSummary {
  name: string;
  /** Shape of one example. */
  inputShape: number[];
  classes: number;
  /** Numbers that training may change: weights and biases. */
  parameters: number;
  /** Those among them that training does change, as nothing of them is frozen. */
  trainable: number;
  /** Numbers that normalisations keep for themselves. */
  statistics: number;
  /** Products that are summed up, for one example forward; the way back takes about twice as many. */
  multiplyAdds: number;
  batchSize: number;
  /** Memory of the results between layers for a batch, bytes; weights and gradients come on top. */
  activationBytes: {
    /** All that a training step keeps for the way back. */
    training: number;
    /** The most that stands at one time in evaluation. */
    evaluation: number;
  };
  /** In the order in which they are computed. */
  layers: LayerSummary[];
}

export interface SummarizeOptions {
  /** Examples in the batch whose memory is counted; 1 unless told. */
  batchSize?: number;
}

/** Layers whose result is the memory of what they were given, under another shape or none. */
const sharing = new Set(['InputLayer', 'Flatten', 'Reshape', 'Dropout', 'Activation:linear']);

/** Weights that are multiplied with the values of every place, such as those of a convolution at every pixel. */
const kernels = /(^|\/)(kernel|depthwise_kernel|pointwise_kernel)$/;

/**
 * Counts what a model costs: parameters, multiply-adds, and the memory of what it computes on the way.
 *
 * Multiply-adds are those of convolutions and dense layers, one for each product that is added to a sum, as papers count them
 * (some call them FLOPs, others count each as two). Biases, normalisations, activations, poolings and sums are left out.
 *
 * @throws RangeError for a model without a fixed input shape, and for a batch that is no whole number from 1.
 *
 * @example
 * ```ts
 * import { convnet, summarize } from '@bcl/models';
 *
 * const model = convnet({ classes: 10 });
 * const { parameters, multiplyAdds, activationBytes } = summarize(model, { batchSize: 128 });
 * parameters; // => 7582154
 * multiplyAdds; // => 233515008
 * (activationBytes.training / 2 ** 20).toFixed(0); // => '277'
 * model.dispose();
 * ```
 */
export function summarize(
  model: LayersModel,
  { batchSize = 1 }: SummarizeOptions = {},
): ModelSummary {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`summarize: batchSize must be a whole number from 1, got ${batchSize}`);
  }
  const calls = modelCalls('summarize', model);
  const layers = calls.map(summarizeCall);
  const count = (weights: Layer['weights']) => sum(weights.map(({ shape }) => sizeOf(shape)));
  const trainable = new Set(model.trainableWeights.map(({ id }) => id));
  const parameters = sum(model.layers.map(parametersOf));
  return {
    name: model.name,
    inputShape: calls.find(({ layer }) => layer === model.inputLayers[0])?.outputShapes[0] ?? [],
    classes: layers.at(-1)?.outputShape.at(-1) ?? 0,
    parameters,
    trainable: count(model.weights.filter(({ id }) => trainable.has(id))),
    statistics: count(model.weights) - parameters,
    multiplyAdds: sum(layers.map(({ multiplyAdds }) => multiplyAdds)),
    batchSize,
    activationBytes: {
      training: 4 * batchSize * keptForGradients(calls),
      evaluation: 4 * batchSize * mostAtOnce(calls),
    },
    layers,
  };
}

function summarizeCall({ layer, inputs, outputShapes }: LayerCall): LayerSummary {
  const [outputShape = []] = outputShapes;
  // A dense layer multiplies once for each row, a convolution once for each place of its result.
  const places = sizeOf(outputShape.slice(0, -1));
  const multiplied = layer.weights.filter(({ originalName }) => kernels.test(originalName));
  return {
    name: layer.name,
    type: typeOf(layer),
    detail: detailOf(layer),
    inputs: inputs.map(({ layer: { name } }) => name),
    outputShape,
    parameters: parametersOf(layer),
    multiplyAdds: places * sum(multiplied.map(({ shape }) => sizeOf(shape))),
  };
}

/** Class of a layer as a reader knows it. */
function typeOf(layer: Layer): string {
  return layer.getClassName().replace(/^Bcl/, '');
}

/** Numbers of a layer that gradients could change, frozen or not. */
function parametersOf(layer: Layer): number {
  const { trainable } = layer;
  if (trainable) return sum(layer.trainableWeights.map(({ shape }) => sizeOf(shape)));
  const own = layer.weights.filter(({ originalName }) => !/moving_/.test(originalName));
  return sum(own.map(({ shape }) => sizeOf(shape)));
}

/** Numbers in the results that gradients need: of those that another layer takes, all but what goes to such that need it forward alone. */
function keptForGradients(calls: readonly LayerCall[]): number {
  const inputsOf = (some: readonly LayerCall[]) => new Set(some.flatMap(({ inputs }) => inputs));
  const needed = inputsOf(calls.filter(({ layer }) => !forgets(layer)));
  const taken = inputsOf(calls);
  return sum(
    calls.map((call) => {
      if (taken.has(call) && !needed.has(call)) return 0;
      // The mask of a dropout is as large as what it falls on.
      const masks = typeOf(call.layer) === 'Dropout' ? 2 : 0;
      return sizeOfResult(call) * (isInput(call) ? 1 : shares(call) ? masks : 1);
    }),
  );
}

/** Whether the gradient of a layer can do without what it took: a ReLU's reads its result, that of a shaken sum nothing. */
function forgets(layer: Layer): boolean {
  const type = typeOf(layer);
  return (
    type === 'ReLU' ||
    type === 'ShakeShake' ||
    (type === 'Activation' && layer.getConfig().activation === 'relu')
  );
}

/** Numbers in the results that stand at one time, when each goes as soon as the last that takes it is done. */
function mostAtOnce(calls: readonly LayerCall[]): number {
  const holders = new Map<LayerCall, LayerCall>();
  for (const call of calls) {
    const [from] = call.inputs;
    holders.set(call, shares(call) && from ? (holders.get(from) as LayerCall) : call);
  }
  const holder = (call: LayerCall) => holders.get(call) as LayerCall;
  const waiting = new Map<LayerCall, number>();
  for (const { inputs } of calls) {
    for (const input of inputs) waiting.set(holder(input), (waiting.get(holder(input)) ?? 0) + 1);
  }
  let standing = 0;
  let most = 0;
  for (const call of calls) {
    if (holder(call) === call) standing += sizeOfResult(call);
    most = Math.max(most, standing + steps(call) * sizeOfResult(call));
    for (const input of call.inputs) {
      const left = (waiting.get(holder(input)) as number) - 1;
      waiting.set(holder(input), left);
      // What was given stays with its owner.
      if (left === 0 && !isInput(holder(input))) standing -= sizeOfResult(holder(input));
    }
  }
  return most;
}

/** Results on the way to that of a layer of several ops, which go when it is done. */
function steps({ layer }: LayerCall): number {
  if (typeOf(layer) === 'ShakeShake') return 2;
  return typeOf(layer) === 'BatchNorm' && (layer as BatchNorm).activation === 'relu' ? 1 : 0;
}

function shares({ layer }: LayerCall): boolean {
  return sharing.has(typeOf(layer));
}

function isInput({ inputs }: LayerCall): boolean {
  return inputs.length === 0;
}

function sizeOfResult({ outputShapes }: LayerCall): number {
  return sum(outputShapes.map(sizeOf));
}

function sizeOf(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((all, size) => all * (size ?? 1), 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
