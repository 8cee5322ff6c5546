import { join, resolve } from 'node:path';
import envPaths from 'env-paths';

/**
 * The folder that downloaded data sets are kept in: `datasets` in what the environment variable
 * `BCL_HOME` names, else in the platform's folder for caches (`~/.cache/bcl` on Linux,
 * `~/Library/Caches/bcl` on macOS, `%LOCALAPPDATA%\bcl\Cache` on Windows).
 *
 * @example
 * ```js
 * process.env.BCL_HOME = '/data/bcl';
 * cacheFolder(); // '/data/bcl/datasets'
 * ```
 */
export function cacheFolder(): string {
  const { BCL_HOME } = process.env;
  const home = BCL_HOME ? resolve(BCL_HOME) : envPaths('bcl', { suffix: '' }).cache;
  return join(home, 'datasets');
}
