import type { Experiment } from '../experiments/Experiment.js';
import { experiments } from '../experiments/index.js';
import { cutsText, jobsOf, planOf } from './plan.js';

const named = (name: string) => experiments.find((one) => one.name === name) as Experiment;
const table1 = named('report-table1');

describe('planOf', () => {
  test('is the whole experiment unless it is cut down', () => {
    const plan = planOf(table1, {});
    expect(plan.cells).toEqual(table1.cells);
    expect(plan.trials).toBe(3);
    expect(cutsText(plan)).toEqual([]);
  });

  test('chooses cells by a value, by a setting, and by both', () => {
    const ids = (...only: string[]) => planOf(table1, { only }).cells.map(({ id }) => id);
    expect(ids('ConvNet')).toHaveLength(5);
    expect(ids('model=convnet,resnet-18')).toHaveLength(10);
    expect(ids('ConvNet', 'learning=BC,BC+', 'label=ratio')).toEqual([
      'convnet_bc_ratio',
      'convnet_bcplus_ratio',
    ]);
    expect(ids('convnet_bc_ratio')).toEqual(['convnet_bc_ratio']);
  });

  test('names the settings where a choice leaves nothing', () => {
    expect(() => planOf(table1, { only: ['VGG'] })).toThrow(
      'reproduce: --only VGG leaves no cell of report-table1; its settings are model=ConvNet,ResNet-18,Shake-Shake; learning=standard,BC,BC+; label=one-hot,ratio,single',
    );
    expect(() => planOf(table1, { only: ['network=ConvNet'] })).toThrow(
      "reproduce: --only network=ConvNet must name a setting of report-table1, got 'network'",
    );
  });

  test('says all that was cut', () => {
    const cuts = { limit: 2000, testLimit: 1000, epochs: 5, trials: 1, only: ['ConvNet'] };
    expect(cutsText(planOf(table1, cuts))).toEqual([
      '5 epochs instead of 20',
      'trained on the first 2000 images',
      'tested on the first 1000 test images',
      '1 trial instead of 3',
      '5 of 15 cells',
    ]);
  });

  test('keeps the share of the warm-up in fewer epochs', () => {
    const [cell] = planOf(named('class-balanced'), { epochs: 20 }).cells;
    const half = { name: 'warmup', epochs: 0.5 };
    expect(cell?.recipe).toMatchObject({ epochs: 20, schedule: half });
  });
});

describe('jobsOf', () => {
  test('fills the table evenly: a trial of every cell, then the next', () => {
    const jobs = jobsOf(planOf(table1, { trials: 2, only: ['ConvNet', 'label=ratio'] }));
    expect(jobs.map(({ cell, trial }) => `${cell.id} ${trial}`)).toEqual([
      'convnet_bc_ratio 1',
      'convnet_bcplus_ratio 1',
      'convnet_bc_ratio 2',
      'convnet_bcplus_ratio 2',
    ]);
  });
});
