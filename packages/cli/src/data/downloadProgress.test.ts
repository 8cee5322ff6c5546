import type { DownloadProgress } from '@bcl/datasets';
import { createDownloadProgress } from './downloadProgress.js';

/** What is written while `use` runs. */
function written(use: () => void): string {
  let out = '';
  const spy = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += text;
    return true;
  });
  try {
    use();
  } finally {
    spy.mockRestore();
  }
  return out;
}

const at = (received: number, state: DownloadProgress['state'] = 'receiving') =>
  ({ name: 'set.bin', state, received, total: 200_000_000 }) as const;

describe('createDownloadProgress', () => {
  test('writes a line every tenth where nobody watches', () => {
    const out = written(() => {
      const { show, close } = createDownloadProgress(false);
      show(at(0, 'waiting'));
      for (let received = 0; received <= 200_000_000; received += 1_000_000) show(at(received));
      show(at(200_000_000, 'checking'));
      close();
    });
    const lines = out.split('\n');
    expect(lines).toHaveLength(14);
    expect(lines[0]).toBe('  waiting set.bin');
    expect(lines[1]).toBe('  downloading set.bin  0 % of 200 MB');
    expect(lines[6]).toBe('  downloading set.bin  50 % of 200 MB');
    expect(lines[12]).toBe('  checking set.bin');
  });

  test('says why it waits', () => {
    const out = written(() => {
      const { show } = createDownloadProgress(false);
      show({ ...at(0, 'waiting'), problem: 'getaddrinfo ENOTFOUND' });
      show({ ...at(0, 'waiting'), problem: 'getaddrinfo ENOTFOUND' });
    });
    expect(out).toBe('  waiting set.bin: getaddrinfo ENOTFOUND; trying again\n');
  });

  test('shows a bar where someone watches', () => {
    const isTTY = process.stdout.isTTY;
    process.stdout.isTTY = true;
    const out = written(() => {
      const { show, close } = createDownloadProgress(true);
      show(at(0));
      show(at(100_000_000));
      close();
    });
    process.stdout.isTTY = isTTY;
    expect(out).toContain('downloading set.bin ██████████░░░░░░░░░░ 50 %  100 MB of 200 MB');
  });

  test('writes nothing of what did not happen', () => {
    expect(written(() => createDownloadProgress(true).close())).toBe('');
    expect(written(() => createDownloadProgress(false).close())).toBe('');
  });
});
