import { constants } from 'node:os';
import { say } from '../format.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Passes on what comes until Ctrl-C (or a request to end, or a terminal that closes) and then leaves the source cleanly, after
 * what is at hand; a second Ctrl-C ends the program at once.
 *
 * @param interrupted Told when that happens.
 */
export async function* untilInterrupted<T>(
  source: AsyncIterable<T>,
  interrupted: () => void,
): AsyncGenerator<T, void, undefined> {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(128 + constants.signals[signal]);
    stopping = true;
    interrupted();
    say('\nstopping after this step; once more ends it at once, without saving');
  };
  for (const signal of signals) process.on(signal, stop);
  try {
    for await (const item of source) {
      yield item;
      if (stopping) return;
    }
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
