#!/usr/bin/env node
import { run } from './run.js';

// Whoever reads what is written here may stop, as `bcl test … | head -1` does; then nobody is told more.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
process.exitCode = await run(process.argv);
