#!/usr/bin/env node
import { run } from './run.js';
import { whenUnread } from './whenUnread.js';

// Whoever reads what is written here may stop, as `bcl test … | head -1` does. A training is worth more than its
// progress and goes on; all else ends, for nobody would be told.
const goesOn = ['train', 'start', 'reproduce'].includes(process.argv[2] ?? '');
whenUnread([process.stdout, process.stderr], goesOn ? () => {} : () => process.exit());
process.exitCode = await run(process.argv);
