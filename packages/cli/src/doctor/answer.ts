import { type BackendName, backendNames, describeBackends } from '@bcl/backends';
import { say } from '../format.js';
import { measureSpeed } from './measureSpeed.js';

/** Answers a question of {@link askSelf} with a line of JSON. */
export async function answer(question: string): Promise<void> {
  if (question === 'look') {
    say(JSON.stringify(await describeBackends()));
    return;
  }
  const name = question.replace(/^speed-/, '') as BackendName;
  if (!backendNames.includes(name)) {
    throw new RangeError(
      `doctor: --ask must be look or speed-<backend>, of ${backendNames.join(', ')}, got ${question}`,
    );
  }
  say(JSON.stringify(await measureSpeed(name)));
}
