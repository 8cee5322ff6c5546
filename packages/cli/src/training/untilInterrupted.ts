import { say } from '../format.js';
import { onStopSignal } from './onStopSignal.js';

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
  const ignore = onStopSignal(() => {
    stopping = true;
    interrupted();
    say('\nstopping after this step; once more ends it at once, without saving');
  });
  try {
    for await (const item of source) {
      yield item;
      if (stopping) return;
    }
  } finally {
    ignore();
  }
}
