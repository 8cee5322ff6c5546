import { parentPort, workerData } from 'node:worker_threads';
import { createRandom } from '@bcl/random';
import type { ImageBatchShape } from './augment/images.js';
import type { Allocate } from './batches/normalizeImages.js';
import type { PrepareAnswer, PrepareData, PrepareTask } from './batches/PreparePool.js';
import { prepareImages } from './batches/prepareImages.js';

// The entry of a thread that a DataIterator starts: it prepares batches, one at a time. TensorFlow.js is not loaded here.
if (parentPort) {
  const port = parentPort;
  const data = workerData as PrepareData;
  port.on('message', (task: PrepareTask) => {
    let answer: PrepareAnswer;
    try {
      answer = { id: task.id, shape: prepare(data, task) };
    } catch (error) {
      answer = { id: task.id, error };
    }
    port.postMessage(answer);
  });
}

function prepare(
  { transform, shape, images, slots }: PrepareData,
  { indices, bytes, seed, slot }: PrepareTask,
): ImageBatchShape {
  const pool = { data: bytes ?? (images as Uint8Array), indices, shape };
  const random = seed === undefined ? undefined : createRandom(seed);
  const allocate: Allocate = ([count, height, width, channels]) =>
    new Float32Array(slots[slot] as SharedArrayBuffer, 0, count * height * width * channels);
  return prepareImages(pool, transform, random, allocate).shape;
}
