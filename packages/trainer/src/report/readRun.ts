import { parseJson, readBytes, readText } from './readFiles.js';
import { type Metrics, readMetrics } from './readMetrics.js';

/** How often each class (row) was taken for each class (column). */
export interface Confusion {
  classNames: string[];
  matrix: number[][];
}

/** What a report is made of: the files of a run folder, read. */
export interface Run extends Metrics {
  config: Record<string, unknown>;
  confusion?: Confusion;
  /** samples.png, its bytes. */
  samples?: Buffer;
}

/** Reads the files of a run folder that a report shows; all but config.json may be missing. */
export async function readRun(folder: string): Promise<Run> {
  const config = await readText(folder, 'config.json');
  if (config === undefined) {
    throw new Error(
      `writeReport: a run folder holds config.json, found none in ${folder}; is this the folder that a training run wrote?`,
    );
  }
  const metrics = await readMetrics(folder, 'writeReport: metrics.jsonl');
  const confusion = await readText(folder, 'confusion.json');
  const samples = await readBytes(folder, 'samples.png');
  return {
    config: parseJson('writeReport: config.json', config) as Record<string, unknown>,
    ...metrics,
    ...(confusion === undefined ? {} : { confusion: readConfusion(confusion) }),
    ...(samples === undefined ? {} : { samples }),
  };
}

function readConfusion(text: string): Confusion {
  const { classNames, matrix } = parseJson('writeReport: confusion.json', text) as Confusion;
  const classes = classNames?.length;
  if (!(matrix?.length === classes && matrix.every((row) => row.length === classes))) {
    throw new Error(
      `writeReport: confusion.json must hold one row and one column for each of its ${classes ?? 'missing'} classNames, got ${matrix?.length ?? 'no'} rows`,
    );
  }
  return { classNames, matrix };
}
