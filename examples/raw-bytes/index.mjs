// BC+ batches from raw bytes, made in a worker thread: no tensor, no TensorFlow.js. The images lie in memory that both threads
// share, and the batches come back by transfer, a few ahead of their reader.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { ByteMixer } from '@bcl/mixing/fast';

const IMAGES = Number(process.env.IMAGES ?? 50_000);
const EPOCHS = Number(process.env.EPOCHS ?? 2);
const BATCH = 128;
const CLASSES = 10;
const SHAPE = [32, 32, 3];
const SEED = 1;
const AHEAD = 4; // batches that are made before they are asked for

if (isMainThread) await main();
else work();

async function main() {
  const set = makeImages();
  const worker = new Worker(new URL(import.meta.url), { workerData: set });
  let images = 0;
  let sums = 0;
  let began;
  await new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('exit', resolve);
    worker.on('message', ({ floats, labels, epoch }) => {
      began ??= performance.now();
      worker.postMessage('next');
      // Here a server would send them on, or a trainer would make a tensor: tf.tensor4d(floats, [...]).
      images += floats.length / (SHAPE[0] * SHAPE[1] * SHAPE[2]);
      sums += labels.reduce((sum, share) => sum + share, 0);
      if (images % IMAGES === 0) console.log(`epoch ${epoch}: ${IMAGES} mixed images`);
    });
    for (let i = 0; i < AHEAD; i++) worker.postMessage('next');
  });
  const seconds = (performance.now() - began) / 1000;
  console.log(`label rows sum to ${(sums / images).toFixed(3)}`);
  console.log(`${Math.round(images / seconds)} images/s, made, handed over and read`);
}

/** In the worker: the next batch whenever one is asked for. */
function work() {
  const batches = epochs();
  parentPort.on('message', () => {
    const { value: batch } = batches.next();
    if (!batch) return parentPort.close();
    parentPort.postMessage(batch, [batch.floats.buffer, batch.labels.buffer]);
  });
}

function* epochs() {
  const { images, labels } = workerData;
  const mixer = new ByteMixer({
    method: 'bc+',
    mean: [0, 0, 0], // of the training set, once each image lost its own mean
    std: [64, 64, 64],
    numClasses: CLASSES,
    seed: SEED,
  });
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    for (const batch of mixer.batches({ images, labels, shape: SHAPE }, { batchSize: BATCH })) {
      yield { floats: batch.images, labels: batch.labels, epoch };
    }
  }
}

/** Any bytes will do here: stripes whose direction is the class. */
function makeImages() {
  const [height, width, channels] = SHAPE;
  const images = new Uint8Array(new SharedArrayBuffer(IMAGES * height * width * channels));
  const labels = new Uint8Array(new SharedArrayBuffer(IMAGES));
  let at = 0;
  for (let i = 0; i < IMAGES; i++) {
    const label = i % CLASSES;
    labels[i] = label;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < channels; c++) images[at++] = (label * x + 7 * y + 31 * c + i) * 9;
      }
    }
  }
  return { images, labels };
}
