export { MixAt, type MixAtArgs } from './MixAt.js';
export { MixBatch, type MixBatchArgs } from './MixBatch.js';
