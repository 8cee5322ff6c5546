import type { LayerSummary, ModelSummary } from '@bcl/models';
import { count } from '../format.js';
import { bytes, metric, shapeText } from './quantities.js';
import { tableText } from './tableText.js';

/** Bytes of a number. */
const FLOAT = 4;

/** What a network costs, as text: a table of its stages or of all its layers, and the sums. */
export function summaryText(
  summary: ModelSummary,
  { everyLayer }: { everyLayer: boolean },
): string {
  const { name, inputShape, classes, parameters, statistics, multiplyAdds } = summary;
  const { batchSize, activationBytes } = summary;
  const rows = everyLayer ? summary.layers.map(layerRow) : stageRows(summary.layers);
  const head = [everyLayer ? 'layer' : 'stage', 'what', 'result', 'parameters', 'multiply-adds'];
  const facts = [
    ['parameters', count(parameters)],
    ['statistics', `${count(statistics)} of normalisations, which training keeps by itself`],
    [
      'multiply-adds',
      `${metric(multiplyAdds)} an example forward, some ${metric(3 * multiplyAdds)} in training`,
    ],
    ['weights', bytes(FLOAT * (parameters + statistics))],
    [
      `batch of ${batchSize}`,
      `${bytes(activationBytes.training)} of results kept for the gradients, ${bytes(activationBytes.evaluation)} at most in evaluation`,
    ],
  ];
  const wide = Math.max(...facts.map(([what = '']) => what.length));
  return `${name}: ${shapeText(inputShape)} to ${classes} classes

${tableText(head, rows, 'lllrr')}

${facts.map(([what = '', text]) => `${what.padEnd(wide)}  ${text}`).join('\n')}`;
}

function layerRow({ name, type, detail, outputShape, parameters, multiplyAdds }: LayerSummary) {
  const what = detail === '' ? type : `${type} ${detail}`;
  return [name, what, shapeText(outputShape), numbers(parameters), cost(multiplyAdds)];
}

/** Layers whose names begin alike, summed up: `layer1.0.conv1` and `layer1.1.bn2` are of stage `layer1`. */
function stageRows(layers: readonly LayerSummary[]): string[][] {
  const stages = new Map<string, LayerSummary[]>();
  for (const layer of layers) {
    const stage = stageOf(layer.name);
    stages.set(stage, [...(stages.get(stage) ?? []), layer]);
  }
  return [...stages].map(([stage, members]) => {
    const last = members.at(-1) as LayerSummary;
    if (members.length === 1) return [stage, ...layerRow(last).slice(1)];
    return [
      stage,
      `${members.length} layers`,
      shapeText(last.outputShape),
      numbers(sum(members.map(({ parameters }) => parameters))),
      cost(sum(members.map(({ multiplyAdds }) => multiplyAdds))),
    ];
  });
}

/** The first part of a name, and the second where the first holds all of the network. */
function stageOf(name: string): string {
  return name
    .split('.')
    .slice(0, name.startsWith('features.') ? 2 : 1)
    .join('.');
}

function numbers(value: number): string {
  return value === 0 ? '' : count(value);
}

function cost(value: number): string {
  return value === 0 ? '' : metric(value);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
