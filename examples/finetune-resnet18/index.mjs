// Fine-tuning ResNet-18 on a folder of your own pictures, train/<class>/*.jpg and test/<class>/*.jpg: the weights of PyTorch are
// loaded all but the classifier, the first layers stay as they are, the others learn at a tenth of the classifier's rate, and
// pictures are mixed as between-class learning does it.
//
//     node examples/finetune-resnet18/index.mjs resnet18.pth folder
import { useBackend } from '@bcl/backends';
import { loadDataset, Preprocessing } from '@bcl/datasets';
import { Mixer } from '@bcl/mixing';
import { freeze, learningRateFactors, loadWeights, resnet18, saveWeights } from '@bcl/models';
import { cosine, groupsByFactor, ModelManager, sgd } from '@bcl/trainer';

const EPOCHS = Number(process.env.EPOCHS ?? 10);
const SIZE = Number(process.env.SIZE ?? 128);
const BATCH = Number(process.env.BATCH ?? 32);
const OUT = process.env.OUT ?? 'finetuned.safetensors';
const RATE = 0.02;
const SEED = 1;

/** Of ImageNet, on which the weights were trained; torchvision gives them for 0..1. */
const MEAN = [0.485, 0.456, 0.406].map((x) => 255 * x);
const STD = [0.229, 0.224, 0.225].map((x) => 255 * x);

const [file, folder] = process.argv.slice(2);
if (!folder) throw new Error('give the weights and the folder: index.mjs resnet18.pth folder');

await useBackend('auto');
const train = await loadDataset(folder, { imageSize: SIZE });
const test = await loadDataset(folder, { split: 'test', imageSize: SIZE });
const classes = train.classNames.length;
console.log(
  `${train.labels.length} pictures of ${classes} classes: ${train.classNames.join(', ')}`,
);

const model = resnet18({ classes, inputShape: train.shape, seed: SEED });
const { loaded, fresh } = await loadWeights(model, file, { headless: true });
console.log(`${loaded.length} weights loaded, ${fresh.join(' and ')} drawn anew`);
freeze(model, ['conv1', 'bn1', 'layer1']);
const groups = groupsByFactor(learningRateFactors(model, [{ match: 'layer*', factor: 0.1 }]));

const manager = new ModelManager({
  model,
  optimizer: sgd({ learningRate: RATE, momentum: 0.9, nesterov: true, weightDecay: 1e-4, groups }),
  loss: 'klDivergence',
  preprocessing: new Preprocessing({
    method: 'bc',
    mean: MEAN,
    std: STD,
    shape: train.shape,
    classes,
  }),
  seed: SEED,
});
const training = manager.train(train, {
  epochs: EPOCHS,
  batchSize: BATCH,
  schedule: cosine(RATE),
  mixer: new Mixer({ method: 'bc', numClasses: classes, seed: SEED }),
  augment: { padding: SIZE / 8, flip: true },
  test,
});
for await (const event of training) {
  if (event.type !== 'epoch') continue;
  const { epoch, trainLoss, testAccuracy } = event;
  console.log(
    `epoch ${epoch}: loss ${trainLoss.toFixed(3)}, accuracy ${(100 * testAccuracy).toFixed(2)} %`,
  );
}
await saveWeights(model, OUT);
console.log(`saved as ${OUT}, which PyTorch reads too`);
