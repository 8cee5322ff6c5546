import { fiveDigits } from './fiveDigits.js';
import type { EpochLine, StepLine } from './readMetrics.js';

/** One chart's lines over epochs, as uPlot takes them: x, then one column a line; null is no point. */
export interface Curves {
  x: number[];
  /** Training, step by step. */
  steps: (number | null)[];
  /** Training, mean over an epoch. */
  train: (number | null)[];
  test: (number | null)[];
}

/** The curves of one measure: what a step line and an epoch line call it. */
export function curves(
  steps: StepLine[],
  epochs: EpochLine[],
  measure: {
    step: (line: StepLine) => number;
    train: (line: EpochLine) => number;
    test: (line: EpochLine) => number | null | undefined;
  },
): Curves {
  const perEpoch = stepsPerEpoch(steps, epochs);
  const points = new Map<number, [number | null, number | null, number | null]>();
  const at = (x: number) => {
    const key = fiveDigits(x);
    const point = points.get(key) ?? [null, null, null];
    points.set(key, point);
    return point;
  };
  for (const line of steps) at(line.step / perEpoch)[0] = finite(measure.step(line));
  for (const line of epochs) {
    const point = at(line.epoch);
    point[1] = finite(measure.train(line));
    point[2] = finite(measure.test(line));
  }
  const sorted = [...points].sort(([a], [b]) => a - b);
  return {
    x: sorted.map(([x]) => x),
    steps: sorted.map(([, point]) => point[0]),
    train: sorted.map(([, point]) => point[1]),
    test: sorted.map(([, point]) => point[2]),
  };
}

/**
 * How many steps an epoch has. Steps are logged now and then only, so unless an epoch says where it
 * ended this is the smallest number that puts every step line inside its own epoch.
 */
function stepsPerEpoch(steps: StepLine[], epochs: EpochLine[]): number {
  const told = epochs.find((line) => line.step !== undefined && line.epoch > 0);
  if (told?.step) return told.step / told.epoch;
  return Math.max(1, ...steps.map((line) => Math.ceil(line.step / Math.max(1, line.epoch))));
}

function finite(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? fiveDigits(value) : null;
}
