// The short Shake-Shake, eight layers deep, with BC+: images are mixed before the network and branches inside it, each by draws that
// follow from a seed. DATA is a data set as bcl train takes it: embedded, a folder, cifar-10-binary.tar.gz or a name.
import { useBackend } from '@bcl/backends';
import { loadDataset, Preprocessing } from '@bcl/datasets';
import { Mixer } from '@bcl/mixing';
import { shakeShakeShort } from '@bcl/models';
import { cosine, ModelManager, sgd } from '@bcl/trainer';

const DATA = process.env.DATA ?? 'embedded';
const IMAGES = Number(process.env.IMAGES ?? 2000);
const EPOCHS = Number(process.env.EPOCHS ?? 10);
const WIDTH = Number(process.env.WIDTH ?? 32);
const BATCH = 64;
const RATE = 0.1;
const SEED = 1;

await useBackend('auto');
const train = await loadDataset(DATA, { split: 'train', limit: IMAGES });
const test = await loadDataset(DATA, { split: 'test', limit: IMAGES / 4 });
const classes = train.classNames.length;

const manager = new ModelManager({
  model: shakeShakeShort({ classes, inputShape: train.shape, width: WIDTH, seed: SEED }),
  optimizer: sgd({ learningRate: RATE, momentum: 0.9, nesterov: true, weightDecay: 1e-4 }),
  loss: 'klDivergence',
  preprocessing: Preprocessing.fit(train, 'bc+'),
  seed: SEED,
});
const training = manager.train(train, {
  epochs: EPOCHS,
  batchSize: BATCH,
  schedule: cosine(RATE),
  mixer: new Mixer({ method: 'bc+', numClasses: classes, seed: SEED }),
  test,
});
for await (const event of training) {
  if (event.type !== 'epoch') continue;
  const { epoch, trainLoss, testAccuracy } = event;
  console.log(
    `epoch ${epoch}: loss ${trainLoss.toFixed(3)}, accuracy ${(100 * testAccuracy).toFixed(2)} %`,
  );
}
