interface NodeProcess {
  versions?: { node?: string };
  getBuiltinModule?: (id: string) => unknown;
}

/** A module of Node's own, or nothing in a browser. Bundlers see no import of it. */
export function nodeModule<T>(id: string): T | undefined {
  const { process } = globalThis as { process?: NodeProcess };
  return process?.versions?.node ? (process.getBuiltinModule?.(id) as T) : undefined;
}
