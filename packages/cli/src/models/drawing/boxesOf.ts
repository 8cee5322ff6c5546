import type { LayerSummary } from '@bcl/models';
import type { Box, BoxKind } from './Box.js';
import { blockOf } from './blockOf.js';

/** Layers that go into the box of the one that they follow, or come before, and what they are called there. */
const small: Readonly<Record<string, (layer: LayerSummary) => string>> = {
  BatchNorm: ({ detail }) => (detail === '' ? 'BN' : `BN, ${detail}`),
  BatchNormalization: () => 'BN',
  ReLU: () => 'ReLU',
  Activation: ({ detail }) => detail,
  Dropout: ({ detail }) => `dropout ${detail}`,
  Flatten: () => 'flatten',
  Permute: () => '',
  Reshape: () => '',
  ZeroPadding2D: () => '',
  PadChannels: () => 'zeros for new channels',
  RepeatChannels: () => 'channels doubled',
  ShiftImage: () => 'shifted by a pixel',
};

/** Small layers that belong to what comes after them. */
const leading = new Set(['ZeroPadding2D', 'ShiftImage']);

const kinds: Readonly<Record<string, BoxKind>> = {
  InputLayer: 'input',
  Conv1D: 'conv',
  Conv2D: 'conv',
  DepthwiseConv2D: 'conv',
  SeparableConv2D: 'conv',
  Dense: 'dense',
  MaxPooling1D: 'pool',
  MaxPooling2D: 'pool',
  AveragePooling1D: 'pool',
  AveragePooling2D: 'pool',
  GlobalAveragePooling1D: 'pool',
  GlobalAveragePooling2D: 'pool',
  Add: 'join',
  Concatenate: 'join',
  ShakeShake: 'join',
};

/** Puts the layers of a network into boxes, each box after those that it takes from. */
export function boxesOf(layers: readonly LayerSummary[]): Box[] {
  const takers = new Map<string, number>();
  for (const name of layers.flatMap(({ inputs }) => inputs)) {
    takers.set(name, (takers.get(name) ?? 0) + 1);
  }
  const boxOf = new Map<string, Box>();
  const boxes: Box[] = [];
  for (const layer of layers) {
    const [from] = layer.inputs;
    const before = layer.inputs.length === 1 && from ? boxOf.get(from) : undefined;
    if (before && takers.get(from as string) === 1 && goTogether(before, layer)) {
      if (isSmall(before.main)) before.main = layer;
      before.layers.push(layer);
      boxOf.set(layer.name, before);
      continue;
    }
    const inputs = [...new Set(layer.inputs.map((name) => boxOf.get(name) as Box))];
    const box = emptyBox(layer, inputs);
    boxOf.set(layer.name, box);
    boxes.push(box);
  }
  for (const box of boxes) describe(box);
  return boxes;
}

function emptyBox(layer: LayerSummary, inputs: Box[]): Box {
  const texts = { title: '', notes: '', shape: [] };
  return {
    id: layer.name,
    kind: 'other',
    main: layer,
    layers: [layer],
    inputs,
    times: 1,
    ...texts,
  };
}

/** Whether a layer goes into the box of the one that it takes from. */
function goTogether({ main, layers }: Box, layer: LayerSummary): boolean {
  const last = layers.at(-1) as LayerSummary;
  if (blockOf(last.name)?.name !== blockOf(layer.name)?.name) return false;
  return isSmall(main) || (isSmall(layer) && !leading.has(layer.type));
}

function isSmall({ type }: LayerSummary): boolean {
  return Object.hasOwn(small, type);
}

function describe(box: Box): void {
  const { main, layers } = box;
  const place = layers.indexOf(main);
  const noted = (some: LayerSummary[]) =>
    some
      .map((layer) => small[layer.type]?.(layer) ?? '')
      .filter((note) => note !== '')
      .join(', ');
  const [before, after] = [noted(layers.slice(0, place)), noted(layers.slice(place + 1))];
  box.kind = kinds[main.type] ?? 'other';
  box.shape = layers.at(-1)?.outputShape ?? [];
  if (isSmall(main)) {
    box.title = [before, noted([main]), after].filter((note) => note !== '').join(', ');
    return;
  }
  box.title = titleOf(main);
  box.notes = [before === '' ? '' : `after ${before}`, after]
    .filter((note) => note !== '')
    .join('; then ');
}

function titleOf({ type, name, detail, outputShape }: LayerSummary): string {
  const channels = outputShape.at(-1);
  const more = detail === '' ? '' : ` ${detail}`;
  switch (type) {
    case 'InputLayer':
      return name;
    case 'Conv1D':
    case 'Conv2D':
      return `conv${more}, ${channels}`;
    case 'Dense':
      return `dense ${channels}`;
    case 'MaxPooling1D':
    case 'MaxPooling2D':
      return `max pool${more}`;
    case 'AveragePooling1D':
    case 'AveragePooling2D':
      return `mean pool${more}`;
    case 'GlobalAveragePooling1D':
    case 'GlobalAveragePooling2D':
      return 'global mean';
    case 'Add':
      return 'sum';
    case 'Concatenate':
      return 'concatenate';
    case 'ShakeShake':
      return 'shake-shake';
    default:
      return `${type}${more}`;
  }
}
