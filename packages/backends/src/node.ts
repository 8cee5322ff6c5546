/** The parts of Node's `process` that we look at; absent in a browser. */
interface NodeProcess {
  versions?: { node?: string };
  version: string;
  platform: string;
  env: Record<string, string | undefined>;
  cwd(): string;
  getBuiltinModule?: (id: string) => unknown;
}

/** Node's `process`, or nothing in a browser. Bundlers see no import of Node's modules. */
export function nodeProcess(): NodeProcess | undefined {
  const { process } = globalThis as { process?: NodeProcess };
  return process?.versions?.node ? process : undefined;
}

/** A module of Node's own, or nothing in a browser. */
export function nodeModule<T>(id: string): T | undefined {
  return nodeProcess()?.getBuiltinModule?.(id) as T | undefined;
}
