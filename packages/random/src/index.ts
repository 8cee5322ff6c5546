export { createRandom, type Random, type RandomState, type SeededRandom } from './createRandom.js';
export { normal } from './normal.js';
export { shuffled } from './shuffled.js';
export { uniformInt } from './uniformInt.js';
