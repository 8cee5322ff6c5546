import { promises } from 'node:fs';
import type { FolderFs } from '../files/replaceFolder.js';

/**
 * A file system whose n-th call fails: a full disk goes on afterwards, a kill lets no later call
 * through. A write that fails has put down half of its content.
 */
export function failing(
  n: number,
  mode: 'full disk' | 'kill',
): { fs: FolderFs; calls: () => number } {
  let calls = 0;
  const guard = async <T>(run: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> => {
    calls++;
    if (calls === n || (mode === 'kill' && calls > n)) {
      if (calls === n) await half?.();
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    }
    return run();
  };
  const fs = {
    mkdir: (...args: Parameters<FolderFs['mkdir']>) => guard(() => promises.mkdir(...args)),
    rename: (from: string, to: string) => guard(() => promises.rename(from, to)),
    rm: (...args: Parameters<FolderFs['rm']>) => guard(() => promises.rm(...args)),
    link: (from: string, to: string) => guard(() => promises.link(from, to)),
    copyFile: (from: string, to: string) => guard(() => promises.copyFile(from, to)),
    stat: (path: string) => guard(() => promises.stat(path)),
    open: (path: string, flags: string) =>
      guard(async () => {
        const file = await promises.open(path, flags);
        return {
          writeFile: (content: string) =>
            guard(
              () => file.writeFile(content),
              () => file.writeFile(content.slice(0, content.length / 2)),
            ),
          sync: () => guard(() => file.sync()),
          close: async () => {
            await file.close();
          },
        };
      }),
  };
  return { fs: fs as unknown as FolderFs, calls: () => calls };
}
