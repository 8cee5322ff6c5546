import { say } from '../format.js';

/**
 * Passes on what comes until Ctrl-C (or a request to end) and then leaves the source cleanly, after
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
    if (stopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    stopping = true;
    interrupted();
    say('\nstopping after this step; once more ends it at once, without saving');
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    for await (const item of source) {
      yield item;
      if (stopping) return;
    }
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
