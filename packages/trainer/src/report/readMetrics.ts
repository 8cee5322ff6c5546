import { parseJson, readText } from './readFiles.js';

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
  testTop5?: number | null;
  testCalibrationError?: number | null;
  seconds: number;
  learningRate: number;
  /** The last step of the epoch, where the run says it. */
  step?: number;
}

/** What metrics.jsonl of a run folder says; nothing where there is no such file. */
export interface Metrics {
  steps: StepLine[];
  epochs: EpochLine[];
}

/**
 * Steps and epochs in order. A resumed run may have written some twice: the later line counts.
 *
 * @param where How an error is to call the file, as `writeReport: metrics.jsonl`.
 * @throws Error when a line other than the last is not JSON.
 */
export async function readMetrics(folder: string, where: string): Promise<Metrics> {
  const lines = ((await readText(folder, 'metrics.jsonl')) ?? '').split('\n');
  const steps = new Map<number, StepLine>();
  const epochs = new Map<number, EpochLine>();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    // A run that was killed while it wrote leaves half a line at the end.
    if (index === lines.length - 1 && !isJson(line)) continue;
    const event = parseJson(`${where}, line ${index + 1}`, line) as StepLine | EpochLine;
    if (event.type === 'step') steps.set(event.step, event);
    if (event.type === 'epoch') epochs.set(event.epoch, event);
  }
  return {
    steps: [...steps.values()].sort((a, b) => a.step - b.step),
    epochs: [...epochs.values()].sort((a, b) => a.epoch - b.epoch),
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
