import type { Writable } from 'node:stream';

/** What a write to nobody fails with: a pipe whose reader is gone, a terminal that was closed. */
const gone = ['EPIPE', 'EIO'];

/** Calls back when whoever read some streams is gone; other errors of theirs are thrown. */
export function whenUnread(streams: Writable[], unread: () => void): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!gone.includes(error.code ?? '')) throw error;
      unread();
    });
  }
}
