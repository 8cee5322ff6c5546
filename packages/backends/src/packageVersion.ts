import { nodeModule } from './node.js';

/** Version of an installed package; nothing in a browser, where no package file can be read. */
export function packageVersion(name: string): string | undefined {
  const module = nodeModule<typeof import('node:module')>('node:module');
  try {
    return module?.createRequire(import.meta.url)(`${name}/package.json`).version;
  } catch {
    return undefined;
  }
}
