import type { RunConfig } from '@bcl/trainer';
import { groupRuns } from './groupRuns.js';

const training = {
  epochs: 20,
  batchSize: 64,
  optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 },
  schedule: { name: 'cosine', learningRate: 0.1 },
  augment: { padding: 4, flip: true },
};

/** A run as `bcl train` begins it; `more` stands over its settings. */
function run(folder: string, seed: number, more: Record<string, unknown> = {}) {
  const config = {
    version: 1,
    createdAt: `2025-01-0${seed}`,
    data: { source: '/data/cifar.tar.gz', limit: 5000 },
    model: { name: 'convnet' },
    method: 'bc+',
    label: 'ratio',
    training,
    seed,
    backend: seed === 1 ? 'wasm' : 'webgpu',
    threads: seed,
    versions: { node: `20.${seed}` },
    ...more,
  };
  return { folder, config: config as unknown as RunConfig };
}

const lr = (learningRate: number) => ({
  training: {
    ...training,
    optimizer: { ...training.optimizer, learningRate },
    schedule: { ...training.schedule, learningRate },
  },
});

describe('groupRuns', () => {
  test('takes runs that differ by seed, machine and day alone as trials of one group', () => {
    expect(groupRuns([run('a', 1), run('b', 2), run('c', 1, { method: 'bc' })])).toEqual([
      {
        name: 'convnet, bc+, ratio label',
        settings: { model: 'convnet', method: 'bc+', label: 'ratio' },
        runs: ['a', 'b'],
      },
      {
        name: 'convnet, bc, ratio label',
        settings: { model: 'convnet', method: 'bc', label: 'ratio' },
        runs: ['c'],
      },
    ]);
  });

  test('does not ask for the rule of labels where nothing is mixed', () => {
    const standard = { method: 'standard' };
    const runs = [run('a', 1, standard), run('b', 2, { ...standard, label: 'single' })];
    expect(groupRuns(runs)).toEqual([
      {
        name: 'convnet, standard',
        settings: { model: 'convnet', method: 'standard' },
        runs: ['a', 'b'],
      },
    ]);
  });

  test('names what else differs, once where two settings say the same', () => {
    const off = { training: { ...training, augment: false } };
    const other = { data: { source: '/data/cifar.tar.gz' } };
    const runs = [run('a', 1), run('b', 1, lr(0.02)), run('c', 1, off), run('d', 1, other)];
    expect(groupRuns(runs).map(({ name, settings }) => [name, Object.keys(settings)])).toEqual([
      [
        'convnet, bc+, ratio label, limit 5000, lr 0.1, augment yes',
        ['model', 'method', 'label', 'limit', 'lr', 'augment'],
      ],
      ['convnet, bc+, ratio label, limit 5000, lr 0.02, augment yes', expect.any(Array)],
      ['convnet, bc+, ratio label, limit 5000, lr 0.1, augment no', expect.any(Array)],
      [
        'convnet, bc+, ratio label, lr 0.1, augment yes',
        ['model', 'method', 'label', 'lr', 'augment'],
      ],
    ]);
  });

  test('names data by the file, and by its whole path where that is not enough', () => {
    const at = (source: string) => ({ data: { source } });
    const names = (...sources: string[]) =>
      groupRuns(sources.map((source, i) => run(String(i), 1, at(source)))).map(({ name }) => name);
    expect(names('/x/a.zip', '/y/b.zip')).toEqual([
      'convnet, bc+, ratio label, a.zip',
      'convnet, bc+, ratio label, b.zip',
    ]);
    expect(names('/x/a.zip', '/y/a.zip')[1]).toBe('convnet, bc+, ratio label, /y/a.zip');
  });

  test('names settings of one last word by their paths', () => {
    const model = { name: 'convnet', epochs: 7 };
    const [, group] = groupRuns([run('a', 1), run('b', 1, { model })]);
    expect(group?.settings).toMatchObject({ 'model.epochs': '7' });
  });

  test('groups by the settings asked for', () => {
    const groups = groupRuns([run('a', 1), run('b', 2), run('c', 1, lr(0.02))], ['lr', 'data']);
    expect(groups.map(({ name, settings, runs }) => [name, settings, runs])).toEqual([
      ['lr 0.1, cifar.tar.gz', { lr: '0.1', data: 'cifar.tar.gz' }, ['a', 'b']],
      ['lr 0.02, cifar.tar.gz', { lr: '0.02', data: 'cifar.tar.gz' }, ['c']],
    ]);
  });

  test('refuses an unknown setting, two groups of one name and two runs of one seed', () => {
    const runs = [run('a', 1), run('b', 2), run('c', 1, lr(0.02))];
    expect(() => groupRuns(runs, ['methd'])).toThrow(
      /^compare: there is no setting 'methd'\. Did you mean 'method'\? Known: data, limit, model, /,
    );
    expect(() => groupRuns(runs, ['method'])).toThrow(
      "compare: a and c are both 'bc+' and differ in lr, learning-rate; trials differ by their seed alone: name one of these in --group-by too",
    );
    expect(() => groupRuns([...runs, run('d', 2)])).toThrow(
      'compare: trials must differ by their seed, got b and d with the same settings and seed 2; leave one out',
    );
  });
});
