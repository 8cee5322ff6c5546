import { readdir, stat } from 'node:fs/promises';
import { tarMembers } from '../tarMembers.js';
import { CIFAR10, type CifarKind, cifar100Kind } from './cifarKind.js';
import { openArchive } from './openArchive.js';

/** Whether a folder or an archive holds CIFAR-100 rather than CIFAR-10: its first file that either has tells. */
export async function isCifar100(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return kindOf(await readdir(path)) === 'cifar100';
    const { archive, ...options } = await openArchive(path, CIFAR10);
    for await (const member of tarMembers(archive, { ...options, caller: 'loadDataset' })) {
      const kind = kindOf([member.path.slice(member.path.lastIndexOf('/') + 1)]);
      if (kind) return kind === 'cifar100';
    }
  } catch {
    // What is wrong with it, its reader will tell.
  }
  return false;
}

/** The set that some of these names are of. */
function kindOf(names: readonly string[]): CifarKind['caller'] | undefined {
  return [CIFAR10, cifar100Kind('fine')].find(({ layouts }) =>
    layouts.some(({ folder, files, meta }) =>
      [folder, meta, ...files.train, ...files.test].some((name) => names.includes(name)),
    ),
  )?.caller;
}
