import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What a process of this program is asked for: a look at all backends, or the speed of one. */
export type Question = 'look' | `speed-${string}`;

/** Its answer, or why there is none. */
export type Answer<T> = { answer: T } | { failure: string };

/**
 * Asks a process of its own, for the native code behind backends may crash there, print what it likes, and keep its memory.
 *
 * @param seconds How long it may take.
 */
export function askSelf<T>(question: Question, seconds: number): Promise<Answer<T>> {
  const home = dirname(createRequire(import.meta.url).resolve('@bcl/cli/package.json'));
  const args = [join(home, 'dist', 'bcl.js'), 'doctor', '--ask', question];
  // Vulkan's loader complains when nothing names a folder for it.
  const env = { XDG_RUNTIME_DIR: tmpdir(), ...process.env };
  return new Promise((done) => {
    const options = { timeout: 1000 * seconds, env, maxBuffer: 1 << 26 };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      if (!error) done({ answer: JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T });
      else done({ failure: whyNot(error, stderr, seconds) });
    });
  });
}

function whyNot(
  { killed, signal, code }: { killed?: boolean; signal?: string; code?: unknown },
  stderr: string,
  seconds: number,
): string {
  if (killed) return `no answer within ${seconds} s`;
  const told = /^error: (.*)$/m.exec(stderr)?.[1];
  return told ?? `its process ended with ${signal ?? code}`;
}
