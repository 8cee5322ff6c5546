import type { Comparison } from './Comparison.js';
import { readTrials } from './readTrials.js';
import { type GroupResult, summarizeGroup } from './summarizeGroup.js';

/**
 * Reads the trials of each group of a comparison and what they come to: what its page, its
 * Markdown table and its CSV file are made of.
 *
 * @returns One result a group, in the order given.
 * @throws Error when a file of a run is not what a run writes.
 */
export function readComparison({ groups }: Pick<Comparison, 'groups'>): Promise<GroupResult[]> {
  return Promise.all(groups.map(async (group) => summarizeGroup(group, await readTrials(group))));
}
