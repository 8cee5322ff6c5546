/** The parts of Node's `process` that we look at; absent in a browser. */
interface NodeProcess {
  versions: { node: string; v8: string };
  version: string;
  platform: string;
  arch: string;
  execArgv: readonly string[];
  env: Record<string, string | undefined>;
  cwd(): string;
  getBuiltinModule?: (id: string) => unknown;
}

/** Node's `process`, or nothing in a browser. Bundlers see no import of Node's modules. */
export function nodeProcess(): NodeProcess | undefined {
  // Bundlers may bring a `process` that has next to nothing.
  const { process } = globalThis as { process?: NodeProcess & { versions?: { node?: string } } };
  return process?.versions?.node ? process : undefined;
}

/** A module of Node's own, or nothing in a browser. */
export function nodeModule<T>(id: string): T | undefined {
  return nodeProcess()?.getBuiltinModule?.(id) as T | undefined;
}
