import { findPackage } from './findPackage.js';

/** Version of an installed package; nothing in a browser, where no package file can be read. */
export function packageVersion(name: string): string | undefined {
  return findPackage(name)?.version;
}
