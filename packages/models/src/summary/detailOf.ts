import type { Layer } from './modelCalls.js';

/** Settings of a layer that a reader wants to see beside its name: `3×3, stride 2, 32 groups`. */
export function detailOf(layer: Layer): string {
  const config = layer.getConfig() as Record<string, unknown>;
  const { kernelSize, poolSize, strides, groups, activation, rate } = config;
  const window = sizes(kernelSize ?? poolSize);
  const parts = [window.join('×')];
  // A pooling's windows lie side by side unless something else is said.
  const usual = poolSize === undefined ? window.map(() => 1) : window;
  const stride = sizes(strides);
  if (stride.join() !== usual.join()) {
    parts.push(`stride ${new Set(stride).size === 1 ? stride[0] : stride.join('×')}`);
  }
  if (typeof groups === 'number' && groups > 1) parts.push(`${groups} groups`);
  if (typeof activation === 'string' && activation !== 'linear') {
    parts.push(activation === 'relu' ? 'ReLU' : activation);
  }
  if (typeof rate === 'number') parts.push(`${Number((100 * rate).toPrecision(3))} %`);
  const { forward, backward, level } = config;
  if (forward && backward && level) parts.push(`${forward}, ${backward}, ${level}`);
  return parts.filter((part) => part !== '').join(', ');
}

function sizes(value: unknown): number[] {
  return Array.isArray(value) ? value : typeof value === 'number' ? [value] : [];
}
