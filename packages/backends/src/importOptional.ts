import * as tf from '@tensorflow/tfjs-core';
import { resolveFromHere } from './findPackage.js';
import { nodeModule } from './node.js';
import type { Missing } from './probes/Probe.js';

/** What importing an optional package brought: its module, or why not. */
export type Imported<T> = { available: true; module: T } | Missing;

/**
 * Imports an optional package and turns a failure into one readable reason with its way out.
 *
 * @param name The package, for the reason.
 * @param load The import itself, so that bundlers see its literal name; in a `try` with {@link notImported}, so that the package may be
 *   missing when they bundle, too.
 * @param explain What an error of a package that is there means, with the way out; nothing where it is not known.
 */
export async function importOptional<T>(
  name: string,
  load: () => Promise<unknown>,
  explain: (message: string) => string | undefined = () => undefined,
): Promise<Imported<T>> {
  try {
    return { available: true, module: interop(await quietly(load)) as T };
  } catch (error) {
    return { available: false, reason: whyNot(name, error, explain) };
  }
}

/** Hands on why an import failed. */
export function notImported(error: unknown): never {
  throw error;
}

/**
 * Imports by a name that bundlers do not follow, for packages that exist in Node alone: one installed beside this
 * library, else one that the working folder has.
 */
export async function importInNode(name: string): Promise<unknown> {
  try {
    return await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
  } catch (error) {
    const file = isAbsent(name, error) ? resolveFromHere(name) : undefined;
    const url = nodeModule<typeof import('node:url')>('node:url');
    if (!file || !url) throw error;
    return import(/* webpackIgnore: true */ /* @vite-ignore */ url.pathToFileURL(file).href);
  }
}

/**
 * Imports without what TensorFlow.js says of kernels that it has already: a line each for two hundred of them where a package brings
 * a copy of its own.
 */
async function quietly<T>(load: () => Promise<T>): Promise<T> {
  const flags = tf.env();
  const before = flags.getBool('PROD');
  flags.set('PROD', true);
  try {
    return await load();
  } finally {
    flags.set('PROD', before);
  }
}

/** First sentence or line of an error, as a part of a longer one. */
export function shortly(error: unknown): string {
  const text = error instanceof Error || hasMessage(error) ? error.message : String(error);
  const line = text.split('\n', 1)[0]?.trim() ?? '';
  return (line.length > 200 ? `${line.slice(0, 199)}…` : line).replace(/[.:;,\s]+$/, '');
}

function whyNot(
  name: string,
  error: unknown,
  explain: (message: string) => string | undefined,
): string {
  if (isAbsent(name, error)) return `${name} is not installed; npm install ${name}`;
  const message = shortly(error);
  return (
    explain(message) ??
    `${name} is installed but does not load: ${message}; reinstall it (npm install ${name})`
  );
}

/** Whether this package is not there; one that is may lack a part of its own. */
function isAbsent(name: string, error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: string };
  const notFound = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  const message = shortly(error);
  // Chromium and Safari; Firefox.
  return (
    (notFound && message.includes(`'${name}'`)) ||
    (/resolve|bare specifier/.test(message) && message.includes(name))
  );
}

/** Packages in CommonJS come as `default` when Node cannot name their exports. */
function interop(module: unknown): unknown {
  const { default: inner, ...named } = (module ?? {}) as Record<string, unknown>;
  return inner && Object.keys(named).length <= 1 ? inner : module;
}

function hasMessage(error: unknown): error is { message: string } {
  return typeof (error as { message?: unknown } | null)?.message === 'string';
}
