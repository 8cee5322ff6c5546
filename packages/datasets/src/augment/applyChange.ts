import type { Change } from './change.js';
import { changeRaw } from './changeRaw.js';
import { changeTensor } from './changeTensor.js';
import { type ImageBatch, isTensor } from './images.js';

/** Makes a change to images, which are kept. */
export function applyChange<T extends ImageBatch>(images: T, change: Change): T {
  return (isTensor(images) ? changeTensor(images, change) : changeRaw(images, change)) as T;
}
