import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** What no program reads: maps, types, texts, and builds of TensorFlow.js for bundlers and pages. */
const unread = [
  /\.(map|md|markdown|ts|tsx|cts|mts|flow)$/,
  /(^|\/)tf-[\w-]+\.(?!node\.js$)[\w.]+$/,
  /(^|\/)(__tests__|\.github|docs|benchmarks?)(\/|$)/,
];

/**
 * Copies installed packages with all that they depend on at run time, in the versions of the lockfile: one folder
 * `node_modules` for all, and one more inside a package where it wants another version of something.
 *
 * @param roots `{ name, from, at }`: packages, the folders that they are installed for, and what these folders are now.
 * @param target Folder that gets `node_modules`.
 * @param keep What to keep of a package, by its name and a path in it.
 */
export function copyPackages(roots, target, keep) {
  /** Versions by where they are now. */
  const placed = new Map();
  let wanted = roots.map((root) => ({ ...root, needed: true }));
  // All that packages of one depth depend on is placed before what these depend on: so nothing comes between later.
  while (wanted.length > 0) {
    wanted = wanted.flatMap(({ name, from, at, needed }) => {
      const source = installed(name, from);
      if (!source) {
        if (needed)
          throw new Error(`pack-offline: ${name} is not installed for ${from}; pnpm install`);
        return [];
      }
      const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
      const spot = spotFor(name, manifest.version, at, target, placed);
      if (!spot) return [];
      placed.set(spot, manifest.version);
      copyPackage(source, spot, (path) => keep(name, path));
      return dependenciesOf(manifest).map(([dependency, must]) => ({
        name: dependency,
        from: source,
        at: spot,
        needed: must,
      }));
    });
  }
}

/** Where a package has to be for `at` to find it; nothing when `at` finds that version already. */
function spotFor(name, version, at, target, placed) {
  for (let folder = at; ; folder = dirname(folder)) {
    const spot = join(folder, 'node_modules', name);
    if (placed.get(spot) === version) return undefined;
    if (placed.has(spot)) return join(at, 'node_modules', name);
    if (folder === target) return spot;
  }
}

/** Names, and whether there must be one: optional ones and peers may be absent. */
function dependenciesOf({ dependencies, optionalDependencies, peerDependencies }) {
  const optional = Object.keys(optionalDependencies ?? {});
  const needed = Object.keys(dependencies ?? {}).filter((name) => !optional.includes(name));
  return [
    ...needed.map((name) => [name, true]),
    ...[...optional, ...Object.keys(peerDependencies ?? {})].map((name) => [name, false]),
  ];
}

function copyPackage(source, spot, keep) {
  mkdirSync(dirname(spot), { recursive: true });
  const filter = (path) => {
    const inside = relative(source, path);
    if (inside.split('/')[0] === 'node_modules') return false;
    return !unread.some((pattern) => pattern.test(inside)) && keep(inside);
  };
  cpSync(source, spot, { recursive: true, dereference: true, filter });
}

/** The real folder of a package, as Node looks for it from another. */
function installed(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}
