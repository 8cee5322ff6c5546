import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** A chart library's files, as text. */
export interface Uplot {
  script: string;
  style: string;
}

/** The chart library's files, found where the package manager put them. */
export async function readUplot(): Promise<Uplot> {
  const require = createRequire(import.meta.url);
  const [script, style] = await Promise.all([
    readFile(require.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8'),
    readFile(require.resolve('uplot/dist/uPlot.min.css'), 'utf8'),
  ]);
  return { script, style };
}
