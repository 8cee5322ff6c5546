import { bcTable2 } from './bcTable2.js';
import { bcTable3 } from './bcTable3.js';
import { bcTable4 } from './bcTable4.js';
import { cifar10h } from './cifar10h.js';
import { classBalanced } from './classBalanced.js';
import type { Experiment } from './Experiment.js';
import { reportMistakes } from './reportMistakes.js';
import { reportTable1 } from './reportTable1.js';

/** What `bcl reproduce` can do. */
export const experiments: readonly Experiment[] = [
  reportTable1,
  reportMistakes,
  bcTable2,
  bcTable3,
  bcTable4,
  classBalanced,
  cifar10h,
];
