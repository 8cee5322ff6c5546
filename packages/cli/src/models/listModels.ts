import { modelNames } from '@bcl/models';
import { say } from '../format.js';
import { listText } from './listText.js';
import { networkSummary } from './network.js';

/** Prints a table of all networks. */
export async function listModels(): Promise<void> {
  const classes = 10;
  const summaries = [];
  for (const name of modelNames) {
    summaries.push({ name, summary: await networkSummary(name, { classes }) });
  }
  say(listText(summaries, classes));
}
