import { say } from '../format.js';
import { type NetworkFlags, networkSummary } from './network.js';
import { summaryText } from './summaryText.js';

/** Flags of `bcl models summary`. */
export interface SummaryFlags extends NetworkFlags {
  batchSize: number;
  layers?: boolean;
}

/** Prints what a network costs. */
export async function summarizeModel(name: string, flags: SummaryFlags): Promise<void> {
  const summary = await networkSummary(name, flags, flags.batchSize);
  say(summaryText(summary, { everyLayer: flags.layers ?? false }));
}
