import type { DownloadOptions, DownloadProgress } from '@bcl/datasets';
import type { SingleBar } from 'cli-progress';
import { newBar } from '../bar.js';
import { megabytes, percent, say } from '../format.js';

/** Shows how downloads go. */
export interface ShownDownload {
  readonly show: (progress: DownloadProgress) => void;
  /** Takes what is unfinished off the screen. */
  readonly close: () => void;
}

/** Does something that may download, and shows how that goes. */
export async function withDownloadProgress<T>(
  use: (shown: Pick<DownloadOptions, 'onProgress'>) => Promise<T>,
): Promise<T> {
  const progress = createDownloadProgress();
  try {
    return await use({ onProgress: progress.show });
  } finally {
    progress.close();
  }
}

/** A bar where someone watches, a line every tenth of the file where not. */
export function createDownloadProgress(
  watched: boolean = process.stdout.isTTY === true,
): ShownDownload {
  return watched ? bars() : lines();
}

/** What a download does, in a word or some. */
const doing: Record<DownloadProgress['state'], string> = {
  waiting: 'waiting',
  receiving: 'downloading',
  checking: 'checking',
};

function bars(): ShownDownload {
  let bar: SingleBar | undefined;
  let shown: string | undefined;
  const close = () => {
    bar?.stop();
    bar = undefined;
  };
  const open = (total: number) => {
    const opened = newBar('{doing} {name} {bar} {percentage} %  {amount}');
    opened.start(total, 0, { doing: '', name: '', amount: '' });
    return opened;
  };
  const show = ({ name, state, received, total, problem }: DownloadProgress) => {
    if (shown !== name) close();
    shown = name;
    bar ??= open(total);
    const amount = problem ?? `${megabytes(received)} of ${megabytes(total)}`;
    bar.update(received, { doing: doing[state], name, amount });
  };
  return { show, close };
}

function lines(): ShownDownload {
  let told = '';
  const show = ({ name, state, received, total, problem = '' }: DownloadProgress) => {
    const tenth = state === 'receiving' ? Math.floor((10 * received) / total) : 0;
    const key = `${name} ${state} ${tenth} ${problem}`;
    if (key === told) return;
    told = key;
    const amount =
      state === 'receiving' ? `  ${percent(received / total, 0)} of ${megabytes(total)}` : '';
    say(`  ${doing[state]} ${name}${amount}${problem && `: ${problem}; trying again`}`);
  };
  return { show, close: () => {} };
}
