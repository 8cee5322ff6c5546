import { tmpdir } from 'node:os';
import { describeBackends } from '@bcl/backends';
import { say } from '../format.js';
import { doctorText } from './doctorText.js';

/** Prints what this machine computes with. */
export async function doctor(): Promise<void> {
  // Vulkan's loader complains on the terminal when nothing names a folder for it.
  process.env.XDG_RUNTIME_DIR ??= tmpdir();
  const machine = `Node ${process.version}, ${process.platform} ${process.arch}`;
  say(doctorText(await describeBackends(), machine, Math.max(60, process.stdout.columns ?? 100)));
}
