import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A line of metrics.jsonl that tells of one training step. */
export interface StepLine {
  type: 'step';
  epoch: number;
  step: number;
  loss: number;
  accuracy: number;
  learningRate: number;
  imagesPerSecond: number;
}

/** A line of metrics.jsonl that tells of one epoch; a run may test less often than it trains. */
export interface EpochLine {
  type: 'epoch';
  epoch: number;
  trainLoss: number;
  trainAccuracy: number;
  testLoss?: number | null;
  testAccuracy?: number | null;
  seconds: number;
  learningRate: number;
  /** The last step of the epoch, where the run says it. */
  step?: number;
}

/** How often each class (row) was taken for each class (column). */
export interface Confusion {
  classNames: string[];
  matrix: number[][];
}

/** What a report is made of: the files of a run folder, read. */
export interface Run {
  config: Record<string, unknown>;
  steps: StepLine[];
  epochs: EpochLine[];
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
  const metrics = readMetrics((await readText(folder, 'metrics.jsonl')) ?? '');
  const confusion = await readText(folder, 'confusion.json');
  const samples = await read(folder, 'samples.png');
  return {
    config: parse('config.json', config) as Record<string, unknown>,
    ...metrics,
    ...(confusion === undefined ? {} : { confusion: readConfusion(confusion) }),
    ...(samples === undefined ? {} : { samples }),
  };
}

/** Steps and epochs in order. A resumed run may have written some twice: the later line counts. */
function readMetrics(text: string): Pick<Run, 'steps' | 'epochs'> {
  const lines = text.split('\n');
  const steps = new Map<number, StepLine>();
  const epochs = new Map<number, EpochLine>();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    // A run that was killed while it wrote leaves half a line at the end.
    if (index === lines.length - 1 && !isJson(line)) continue;
    const event = parse(`metrics.jsonl, line ${index + 1}`, line) as StepLine | EpochLine;
    if (event.type === 'step') steps.set(event.step, event);
    if (event.type === 'epoch') epochs.set(event.epoch, event);
  }
  return {
    steps: [...steps.values()].sort((a, b) => a.step - b.step),
    epochs: [...epochs.values()].sort((a, b) => a.epoch - b.epoch),
  };
}

function readConfusion(text: string): Confusion {
  const { classNames, matrix } = parse('confusion.json', text) as Confusion;
  const classes = classNames?.length;
  if (!(matrix?.length === classes && matrix.every((row) => row.length === classes))) {
    throw new Error(
      `writeReport: confusion.json must hold one row and one column for each of its ${classes ?? 'missing'} classNames, got ${matrix?.length ?? 'no'} rows`,
    );
  }
  return { classNames, matrix };
}

function parse(where: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`writeReport: ${where} must be JSON: ${(error as Error).message}`);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function readText(folder: string, name: string): Promise<string | undefined> {
  return (await read(folder, name))?.toString('utf8');
}

/** A file's bytes, or undefined where there is none. */
async function read(folder: string, name: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
