import type { Missing } from './probes/Probe.js';

/** What importing an optional package brought: its module, or why not. */
export type Imported<T> = { available: true; module: T } | Missing;

/**
 * Imports an optional package and turns a failure into one readable reason with its way out.
 *
 * @param name The package, for the reason.
 * @param load The import itself, so that bundlers see its literal name.
 */
export async function importOptional<T>(
  name: string,
  load: () => Promise<unknown>,
): Promise<Imported<T>> {
  try {
    return { available: true, module: interop(await load()) as T };
  } catch (error) {
    return { available: false, reason: whyNot(name, error) };
  }
}

/** Imports by a name that bundlers do not follow: for packages that exist in Node alone. */
export function importInNode(name: string): Promise<unknown> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ name);
}

/** First sentence or line of an error, as a part of a longer one. */
export function shortly(error: unknown): string {
  const text = error instanceof Error || hasMessage(error) ? error.message : String(error);
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return (line.length > 200 ? `${line.slice(0, 199)}…` : line).replace(/[.:;,\s]+$/, '');
}

function whyNot(name: string, error: unknown): string {
  const { code } = (error ?? {}) as { code?: string };
  const absent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  // A package may be there while a part of its own is not.
  if (absent && new RegExp(`'${name}'`).test(shortly(error))) {
    return `${name} is not installed; npm install ${name}`;
  }
  return `${name} is installed but does not load: ${shortly(error)}; reinstall it (npm install ${name})`;
}

/** Packages in CommonJS come as `default` when Node cannot name their exports. */
function interop(module: unknown): unknown {
  const { default: inner, ...named } = (module ?? {}) as Record<string, unknown>;
  return inner && Object.keys(named).length <= 1 ? inner : module;
}

function hasMessage(error: unknown): error is { message: string } {
  return typeof (error as { message?: unknown } | null)?.message === 'string';
}
