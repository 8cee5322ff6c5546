import { CommanderError } from 'commander';
import { program } from './program.js';

/**
 * Runs the `bcl` command.
 *
 * @param argv As `process.argv`: two words to pass over, then the arguments.
 * @returns The exit code: 0, or 1 after an error was told in one line (with its stack where
 * `--debug` or `BCL_DEBUG=1` ask for it).
 *
 * @example
 * ```js
 * import { run } from '@bcl/cli';
 *
 * process.exitCode = await run(['node', 'bcl', 'train', '--epochs', '1']);
 * ```
 */
export async function run(argv: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(argv);
    return 0;
  } catch (error) {
    // Commander has told its own errors already.
    if (error instanceof CommanderError) return error.exitCode;
    const debug = argv.includes('--debug') || process.env.BCL_DEBUG === '1';
    process.stderr.write(`error: ${debug ? withStack(error) : oneLine(error)}\n`);
    return 1;
  }
}

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*\n\s*/g, ' ');
}

function withStack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
