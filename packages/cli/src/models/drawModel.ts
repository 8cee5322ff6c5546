import { rename, rm, writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { say } from '../format.js';
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

async function writeBeside(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}.writing`;
  try {
    await writeFile(beside, content);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw new Error(`models: ${path} cannot be written: ${(error as Error).message}`);
  }
}
