import { extname } from 'node:path';
import { say } from '../format.js';
import { writeBeside } from '../writeBeside.js';
import { networkSvg } from './drawing/networkSvg.js';
import { type NetworkFlags, networkSummary } from './network.js';

/** Flags of `bcl models draw`. */
export interface DrawFlags extends NetworkFlags {
  out?: string;
}

/** Draws a network into a file, as SVG or, where its name ends so, as PNG. */
export async function drawModel(name: string, { out, ...network }: DrawFlags): Promise<void> {
  const path = out ?? `${name}.svg`;
  const kind = extname(path).toLowerCase();
  if (kind !== '.svg' && kind !== '.png') {
    throw new Error(`models: the picture must be named .svg or .png, got ${path}`);
  }
  const svg = networkSvg(await networkSummary(name, network));
  await writeBeside(path, kind === '.svg' ? svg : await png(svg));
  say(`${path}: ${name}`);
}

async function png(svg: string): Promise<Uint8Array> {
  const { renderSvg } = await import('../sheet/renderSvg.js');
  return renderSvg(svg);
}
