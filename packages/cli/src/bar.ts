import { type Options, SingleBar } from 'cli-progress';

/** A progress bar as all of this program's look. */
export function newBar(format: string, more: Options = {}): SingleBar {
  return new SingleBar({
    format,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 20,
    clearOnComplete: true,
    stream: process.stdout,
    // Ctrl-C is ours: what was done is saved first.
    gracefulExit: false,
    ...more,
  });
}
