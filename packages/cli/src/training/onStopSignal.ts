import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls back at the first Ctrl-C, request to end or terminal that closes; a second one ends the program at once.
 *
 * @returns What ends this.
 */
export function onStopSignal(stop: () => void): () => void {
  let stopping = false;
  const heard = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(128 + constants.signals[signal]);
    stopping = true;
    stop();
  };
  for (const signal of signals) process.on(signal, heard);
  return () => {
    for (const signal of signals) process.off(signal, heard);
  };
}
