import { checkFile, namedDatasets, type PublishedFile } from '@bcl/datasets';
import { percent, say } from '../format.js';
import { named } from './named.js';
import { stateOf } from './state.js';

/** Compares downloaded files with their checksums, and says which are right. */
export async function verifyData(names: readonly string[]): Promise<void> {
  const sets = names.length > 0 ? names.map((name) => named('data verify', name)) : [];
  const all = (names.length > 0 ? sets : [...namedDatasets.values()]).flatMap(({ files }) => files);
  const faults: string[] = [];
  let right = 0;
  for (const file of new Set(all)) {
    const { path, state, bytes } = await stateOf(file);
    if (state === 'here') {
      const fault = await checkFile(path, file);
      say(`${fault === undefined ? 'right' : 'wrong'}  ${path}`);
      if (fault === undefined) right++;
      else faults.push(`${file.name}: expected ${fault}`);
    } else if (state === 'begun' || names.length > 0) {
      const what = state === 'begun' ? `begun, ${percent(bytes / file.bytes, 0)}` : 'absent';
      say(`${what}  ${path}`);
    }
  }
  if (faults.length > 0) {
    throw new Error(
      `data verify: ${faults.join('; ')}; download again: bcl data download ${namesOf(faults).join(' ')}`,
    );
  }
  if (right === 0) say('nothing to verify: no data set was downloaded yet');
}

/** The first data set that has each of some files. */
function namesOf(faults: readonly string[]): string[] {
  const owner = (has: (file: PublishedFile) => boolean) =>
    [...namedDatasets.values()].find(({ files }) => files.some(has))?.name ?? '';
  return [...new Set(faults.map((fault) => owner(({ name }) => fault.startsWith(`${name}:`))))];
}
