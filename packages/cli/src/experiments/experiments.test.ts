import { lossFromConfig } from '@bcl/losses';
import { Mixer, type MixerConfig } from '@bcl/mixing';
import { modelNames } from '@bcl/models';
import { optimizerFromConfig, scheduleFromConfig } from '@bcl/trainer';
import { experiments } from './index.js';

const cells = experiments.flatMap((experiment) =>
  experiment.cells.map((cell) => ({ ...cell, name: `${experiment.name} ${cell.id}` })),
);

/** The rates of a schedule in each epoch. */
function rates(name: string, id: string): number[] {
  const { recipe } = cells.find((cell) => cell.name === `${name} ${id}`) as (typeof cells)[number];
  const { epochs } = recipe;
  const schedule = scheduleFromConfig(recipe.schedule);
  const at = (epoch: number) =>
    schedule({ epoch, step: (epoch - 1) * 100, stepsPerEpoch: 100, epochs });
  return Array.from({ length: epochs }, (_, i) => at(i + 1));
}

describe('experiments', () => {
  test('have names and cells of their own', () => {
    expect(new Set(experiments.map(({ name }) => name)).size).toBe(experiments.length);
    for (const { name, cells } of experiments) {
      const ids = cells.map(({ id }) => id);
      expect({ name, ids: new Set(ids).size }).toEqual({ name, ids: ids.length });
      for (const id of ids) expect(id).toMatch(/^[a-z0-9_-]+$/);
    }
  });

  test.each(cells)('$name is made of what there is', ({ recipe }) => {
    expect(modelNames).toContain(recipe.model.name);
    lossFromConfig(recipe.loss);
    optimizerFromConfig(recipe.optimizer).dispose();
    scheduleFromConfig(recipe.schedule);
    if (recipe.mixer) new Mixer({ ...recipe.mixer, numClasses: 10 } as MixerConfig);
    // What takes each image's mean needs test images without theirs.
    const mean = recipe.mixer && new Mixer(recipe.mixer as MixerConfig).takesMean;
    if (mean) expect(recipe.preprocessing).toBe('bc+');
  });

  test('have the sizes of the papers', () => {
    const sizes = experiments.map(({ name, cells, trials }) => [name, cells.length, trials]);
    expect(sizes).toEqual([
      ['report-table1', 15, 3],
      ['report-mistakes', 9, 3],
      ['bc-table2', 30, 5],
      ['bc-table3', 8, 10],
      ['bc-table4', 40, 10],
      ['class-balanced', 35, 3],
      ['cifar-10h', 4, 10],
    ]);
  });

  // mil-tokyo/bc_learning_image, opts.py and train.py.
  test('fall the rate of the ConvNet after epochs 100, 150 and 200', () => {
    const rate = rates('bc-table2', '11-layer-cnn_cifar-10_bcplus');
    expect([1, 100, 101, 150, 151, 200, 201, 250].map((epoch) => rate[epoch - 1])).toEqual(
      [0.1, 0.1, 0.01, 0.01, 0.001, 0.001, 0.0001, 0.0001].map((x) => expect.closeTo(x, 10)),
    );
  });

  // facebookresearch/ResNeXt, train.lua: epoch / 300 > 0.49 and > 0.74; then 75 epochs more.
  test('fall the rate of ResNet-29 after epochs 147, 222 and 300', () => {
    const rate = rates('bc-table2', 'resnet-29_cifar-10_standard');
    expect([147, 148, 222, 223, 300, 301, 375].map((epoch) => rate[epoch - 1])).toEqual(
      [0.1, 0.01, 0.01, 0.001, 0.001, 0.0001, 0.0001].map((x) => expect.closeTo(x, 10)),
    );
  });

  // richardaecn/class-balanced-loss, cifar_im_trainval.sh.
  test('warm the rate of ResNet-32 up for 5 epochs and fall it after 160 and 180', () => {
    const rate = rates('class-balanced', '100_softmax');
    expect([1, 2, 6, 160, 161, 180, 181].map((epoch) => rate[epoch - 1])).toEqual(
      [0, 0.02, 0.1, 0.1, 1e-3, 1e-3, 1e-5].map((x) => expect.closeTo(x, 10)),
    );
  });

  // Tokozume et al., CVPR 2018, Tables 2 and 4.
  test('carry the published errors', () => {
    const published = (name: string) =>
      cells.find((cell) => cell.name === `bc-table2 ${name}`)?.published;
    expect(published('shake-shake_cifar-10_bcplus')).toMatchObject({
      error: 2.26,
      standardError: 0.01,
    });
    expect(published('11-layer-cnn_cifar-100_standard')).toMatchObject({
      error: 26.68,
      standardError: 0.09,
    });
    const where = cells.filter(({ settings }) => settings.comparison === 'where');
    expect(where.map((cell) => cell.published?.error)).toEqual([
      5.4, 5.74, 6.52, 6.05, 6.05, 6.12, 24.28, 24.09, 25.38, 27.4, 26.7, 25.99,
    ]);
  });
});
