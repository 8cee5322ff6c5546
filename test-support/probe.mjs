// Run in a process of its own by backends.mjs: `node probe.mjs webgpu | tensorflow`.
// Prints one line: `yes`, or the reason why that backend is not here.
import { createRequire } from 'node:module';

const look = {
  async webgpu() {
    const { create } = await import('webgpu');
    const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' });
    return adapter ? 'yes' : 'no adapter was found';
  },
  async tensorflow() {
    createRequire(import.meta.url)('@tensorflow/tfjs-node'); // by require, which looks into NODE_PATH, too
    return 'yes';
  },
};
const answer = await look[process.argv[2]]().catch((error) => error.message.split('\n', 1)[0]);
process.stdout.write(`${answer}\n`, () => process.exit());
