import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** What an addon of tfjs-node is linked with. */
export interface TensorflowFolder {
  /** Holds the libraries; without symbolic links, for the addon names it. */
  folder: string;
  include: string;
  /** Version of the headers, where they say it. */
  version?: string;
}

/** What TensorFlow's C library is called in a wheel; the first needs the second. */
export const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;

const headers = ['tensorflow/c/c_api.h', 'tensorflow/c/eager/c_api.h'] as const;

/**
 * Looks into the `tensorflow` folder of a TensorFlow for Python, or into the one that holds it (site-packages).
 *
 * @throws Error when a library or a header is not there, with how to find the folder.
 */
export function tensorflowFolder(given: string): TensorflowFolder {
  const found = [given, join(given, 'tensorflow')].find((folder) =>
    existsSync(join(folder, libraries[0])),
  );
  const folder = found ?? given;
  const wanted = [...libraries, ...headers.map((header) => join('include', header))];
  const lacks = wanted.filter((file) => !existsSync(join(folder, file)));
  if (lacks.length > 0) {
    throw new Error(
      `doctor: --link-tensorflow must name the folder tensorflow of a TensorFlow that pip installed, got ${given} without ${lacks.join(', ')}; after pip install tensorflow it is what this prints: python3 -c "import tensorflow; print(tensorflow.__path__[0])"`,
    );
  }
  const include = join(folder, 'include');
  const version = headerVersion(include);
  return { folder: realpathSync(folder), include, ...(version ? { version } : {}) };
}

function headerVersion(include: string): string | undefined {
  // The first since TensorFlow 2.17.
  for (const name of ['release_version.h', 'version.h']) {
    const file = join(include, 'tensorflow', 'core', 'public', name);
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8');
    const [major, minor, patch] = ['MAJOR', 'MINOR', 'PATCH'].map(
      (part) => new RegExp(`define TF_${part}_VERSION (\\d+)`).exec(text)?.[1],
    );
    if (major && minor && patch) return `${major}.${minor}.${patch}`;
  }
  return undefined;
}
