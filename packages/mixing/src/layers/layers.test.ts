import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  loadLayersModel,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { Mixer } from '../Mixer.js';
import { MixAt } from './MixAt.js';
import { MixBatch, type MixBatchArgs } from './MixBatch.js';

/** A model that went through what a file holds. */
async function reloaded(net: LayersModel): Promise<LayersModel> {
  let saved: tf.io.ModelArtifacts | undefined;
  await net.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = JSON.parse(JSON.stringify({ ...artifacts, weightData: undefined }));
      saved = { ...saved, weightData: artifacts.weightData as ArrayBuffer };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts));
}

describe('MixAt', () => {
  const x = () =>
    tf.tensor2d([
      [4, 8],
      [0, 4],
    ]);
  const draw = { partner: Int32Array.of(1, 0), ratio: Float32Array.of(0.75, 0.5) };

  test.each(['bc', 'bc+', { zeroMean: true, keepEnergy: true }] as const)(
    'is saved and loaded with its method %j',
    async (method) => {
      const inputs = input({ shape: [2] });
      const mixAt = new MixAt({ method, name: 'mix' });
      const dense = layers.dense({ units: 2 }).apply(mixAt.apply(inputs)) as SymbolicTensor;
      const net = model({ inputs, outputs: dense });
      const back = await reloaded(net);
      const loaded = back.getLayer('mix') as MixAt;
      expect(loaded).toBeInstanceOf(MixAt);
      expect(loaded.method).toEqual(method);
      for (const layer of [mixAt, loaded]) layer.use(draw);
      const train = { training: true };
      await expect(back.apply(x(), train) as tf.Tensor).toBeAllClose(
        net.apply(x(), train) as tf.Tensor,
      );
      await expect(back.predict(x()) as tf.Tensor).toBeAllClose(net.predict(x()) as tf.Tensor);
    },
  );

  test('mixes nothing for null, and wants to be told', () => {
    const layer = new MixAt();
    expect(() => layer.apply(x(), { training: true })).toThrow(
      new Error(
        'MixAt: training needs a draw, got none; call use(draw) before each step, or use(null) not to mix',
      ),
    );
    layer.use(null);
    expect(Array.from((layer.apply(x(), { training: true }) as tf.Tensor).dataSync())).toEqual([
      4, 8, 0, 4,
    ]);
    expect(layer.method).toBe('bc');
  });

  test('says what does not fit', () => {
    expect(() => new MixAt({ method: 'cutmix' })).toThrow(
      new RangeError(
        "MixAt: method must be bc, bc+ or settings of betweenClass, got 'cutmix', which pastes boxes of images",
      ),
    );
    for (const method of ['other', null]) {
      expect(() => new MixAt({ method: method as 'bc' })).toThrow('MixAt: method must be one of');
    }
    const layer = new MixAt();
    layer.use(draw);
    expect(() => layer.apply([x(), x()], { training: true })).toThrow('expected one input');
    expect(() => layer.apply(tf.zeros([3, 2]), { training: true })).toThrow(
      new RangeError('MixAt: a draw for 3 images is needed, got one for 2'),
    );
    layer.use({ ...draw, first: Int32Array.of(0, 1) });
    expect(() => layer.apply(x(), { training: true })).toThrow(
      new RangeError('MixAt: a draw within the batch is needed, got one from a whole set'),
    );
  });

  test('leaves no tensor but its result', () => {
    const layer = new MixAt();
    const source = x();
    layer.use(draw);
    layer.apply(source, { training: true });
    const before = tf.memory().numTensors;
    layer.apply(source, { training: true });
    expect(tf.memory().numTensors).toBe(before + 1);
  });
});

describe('MixBatch', () => {
  const images = () => tf.randomNormal([4, 3, 3, 1], 5, 1, 'float32', 1);
  const labels = () =>
    tf.tensor2d([
      [1, 0],
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
  const train = { training: true };

  test.each<MixBatchArgs>([{}, { method: 'cutmix', seed: 3 }, { method: 'bc', label: 'single' }])(
    'mixes what a Mixer %j mixes, in training',
    async (options) => {
      const layer = new MixBatch(options);
      const mixer = new Mixer(options);
      for (let step = 0; step < 2; step++) {
        const [x, y] = layer.apply([images(), labels()], train) as tf.Tensor[];
        const expected = mixer.mix(images(), labels());
        await expect(x as tf.Tensor).toBeAllClose(expected.images);
        await expect(y as tf.Tensor).toBeAllClose(expected.labels);
      }
    },
  );

  test('takes the mean in evaluation where it is taken in training', async () => {
    const own = tf.sub(images(), tf.mean(images(), [1, 2, 3], true));
    const layer = new MixBatch();
    await expect(layer.apply(images()) as tf.Tensor).toBeAllClose(own);
    const [x, y] = layer.apply([images(), labels()]) as tf.Tensor[];
    await expect(x as tf.Tensor).toBeAllClose(own);
    await expect(y as tf.Tensor).toBeAllClose(labels());
    await expect(new MixBatch({ method: 'bc' }).apply(images()) as tf.Tensor).toBeAllClose(
      images(),
    );
  });

  test('is saved and loaded with its settings', async () => {
    const options: MixBatchArgs = {
      oneOf: [
        { method: { zeroMean: true, keepEnergy: true }, ratio: { curriculum: { epochs: 9 } } },
        { method: 'cutmix', classes: 'different', ratio: { beta: [2, 1] }, weight: 2 },
        { method: 'bc', classes: '2 or 3', chance: { first: 2, last: 4 } },
      ],
      label: 'multi',
      size: [3, 3],
      seed: 7,
    };
    const shapes = [input({ shape: [3, 3, 1] }), input({ shape: [2] })];
    const layer = new MixBatch({ ...options, name: 'mix' });
    const net = model({ inputs: shapes, outputs: layer.apply(shapes) as SymbolicTensor[] });
    expect(net.outputs.map(({ shape }) => shape)).toEqual([
      [null, 3, 3, 1],
      [null, 2],
    ]);
    const loaded = (await reloaded(net)).getLayer('mix') as MixBatch;
    expect(loaded).toBeInstanceOf(MixBatch);
    expect(loaded.mixer.getConfig()).toEqual(layer.mixer.getConfig());
  });

  test('says what does not fit', () => {
    const layer = new MixBatch();
    expect(() => layer.apply(images(), train)).toThrow(
      new RangeError('MixBatch: training needs label rows, [B, K], got none'),
    );
    expect(() => layer.apply([images(), tf.tensor1d([0, 1, 0, 1])], train)).toThrow(
      new RangeError('MixBatch: training needs label rows, [B, K], got [4]'),
    );
    expect(() => new MixBatch({ seed: 'Run A' as unknown as number })).toThrow(
      new TypeError('MixBatch: seed must be a number, got "Run A"'),
    );
  });
});
