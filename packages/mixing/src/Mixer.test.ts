import * as tf from '@tensorflow/tfjs-core';
import { drawPairs } from './drawPairs.js';
import { Mixer, type MixerConfig, type MixerOptions } from './Mixer.js';

const ids = [3, 1, 4, 1, 5, 9, 2, 6];
const plain = ({ partner, ratio }: ReturnType<Mixer['draw']>) => ({
  partner: [...partner],
  ratio: [...ratio],
});

describe('Mixer.draw', () => {
  // Changing these numbers changes every user's runs: a major version.
  test('draws the same pairs for a seed in every release', () => {
    const mixer = new Mixer({ seed: 42 });
    expect([plain(mixer.draw(ids)), plain(mixer.draw(ids))]).toMatchInlineSnapshot(`
      [
        {
          "partner": [
            2,
            7,
            6,
            6,
            1,
            7,
            5,
            1,
          ],
          "ratio": [
            0.17500656843185425,
            0.6023088097572327,
            0.3168608546257019,
            0.8351519703865051,
            0.9602912068367004,
            0.0683518648147583,
            0.9519562721252441,
            0.7688916921615601,
          ],
        },
        {
          "partner": [
            1,
            6,
            1,
            7,
            1,
            6,
            0,
            0,
          ],
          "ratio": [
            0.36281412839889526,
            0.6657471060752869,
            0.839981734752655,
            0.6547065377235413,
            0.7561718821525574,
            0.07553941011428833,
            0.5980411171913147,
            0.23539984226226807,
          ],
        },
      ]
    `);
  });

  test('draws other pairs for another seed and for the next batch', () => {
    const mixer = new Mixer({ seed: 1 });
    const [one, next] = [plain(mixer.draw(ids)), plain(mixer.draw(ids))];
    expect(next).not.toEqual(one);
    expect(plain(new Mixer({ seed: 2 }).draw(ids))).not.toEqual(one);
  });

  test('draws the same partners however ratios are drawn', () => {
    const uniform = new Mixer({ seed: 6 });
    const fixed = new Mixer({ seed: 6, ratio: 0.5 });
    const own = new Mixer({ seed: 6, ratio: (random) => random() * random() });
    for (let batch = 0; batch < 3; batch++) {
      const partner = [...uniform.draw(ids).partner];
      expect([...fixed.draw(ids).partner]).toEqual(partner);
      expect([...own.draw(ids).partner]).toEqual(partner);
    }
  });

  test('pairs the classes that it is told to', () => {
    const twice = [0, 1, 1, 0];
    const { partner } = new Mixer({ classes: 'same' }).draw(twice);
    expect([...partner]).toEqual([3, 2, 1, 0]);
    expect(() => new Mixer().draw([7, 7])).toThrow(
      new RangeError(
        'drawPairs: a pair needs two classes, got 2 labels, all class 7; shuffle, or use a larger batch',
      ),
    );
  });

  test('can be replayed from JSON', async () => {
    const mixer = new Mixer({ numClasses: 10 });
    const draw = mixer.draw(ids);
    const { partner, ratio } = JSON.parse(JSON.stringify(plain(draw)));
    const replayed = {
      partner: Int32Array.from(partner),
      ratio: Float32Array.from(ratio),
    };
    expect(replayed).toEqual(draw);
    const images = tf.randomUniform([8, 3], 0, 1, 'float32', 1);
    await expect(mixer.apply(images, ids, replayed).images).toBeAllClose(
      mixer.apply(images, ids, draw).images,
    );
  });
});

describe('Mixer.state', () => {
  test('goes on from where it was saved, through JSON', () => {
    const mixer = new Mixer({ seed: 5 });
    mixer.draw(ids);
    const saved = JSON.parse(JSON.stringify(mixer.state()));
    const following = [plain(mixer.draw(ids)), plain(mixer.draw(ids))];
    const other = new Mixer({ seed: 'another' });
    other.restore(saved);
    expect([plain(other.draw(ids)), plain(other.draw(ids))]).toEqual(following);
  });

  test('refuses a broken state and stays where it was', () => {
    const mixer = new Mixer({ seed: 5 });
    const before = mixer.state();
    const other = new Mixer({ seed: 6 }).state();
    expect(() => mixer.restore({ ...other, box: {} as never })).toThrow(
      'restore: state must come from',
    );
    expect(() => mixer.restore({ ...other, epoch: 0 })).toThrow(
      new RangeError('Mixer: epoch must be an integer of at least 1, got 0'),
    );
    expect(mixer.state()).toEqual(before);
  });
});

describe('Mixer.getConfig', () => {
  test.each<MixerOptions>([
    {},
    {
      method: 'bc',
      label: 'multi',
      classes: 'any',
      ratio: 0.5,
      numClasses: 10,
      seed: 'x',
      debug: true,
    },
    { method: { zeroMean: true, keepEnergy: true } },
  ])('comes back the same from %j, through JSON', (options) => {
    const mixer = new Mixer(options);
    const config = mixer.getConfig();
    const written = JSON.parse(JSON.stringify(config)) as MixerConfig;
    expect(written).toEqual(config);
    expect(config).toMatchObject(options);
    const back = Mixer.fromConfig(written);
    expect(back.getConfig()).toEqual(config);
    expect(plain(back.draw(ids))).toEqual(plain(new Mixer(options).draw(ids)));
  });

  test('tells the defaults', () => {
    expect(new Mixer().getConfig()).toEqual({
      method: 'bc+',
      label: 'ratio',
      classes: 'different',
      ratio: 'uniform',
      chance: 1,
      seed: 0,
      debug: false,
    });
  });

  test('refuses a function for the ratio, which JSON would lose', () => {
    expect(() => new Mixer({ ratio: () => 0.5 }).getConfig()).toThrow(
      new TypeError(
        'getConfig: ratio must be settings to be written, got a function; keep the other options yourself',
      ),
    );
  });
});

describe('new Mixer', () => {
  test.each<[MixerOptions, string]>([
    [
      { method: 'snapmix' as 'bc' },
      "Mixer: method must be one of bc, bc+, mixup, cutmix, resizemix or settings of betweenClass, got 'snapmix'",
    ],
    [
      { method: 'constructor' as 'bc' },
      "Mixer: method must be one of bc, bc+, mixup, cutmix, resizemix or settings of betweenClass, got 'constructor'",
    ],
    [{ label: 'soft' as 'ratio' }, "Mixer: rule must be 'ratio', 'single' or 'multi', got 'soft'"],
    [
      { classes: 'two' as 'any' },
      "Mixer: classes must be 'different', 'same', 'any', 3 or '2 or 3', got 'two'",
    ],
    [{ ratio: 2 }, 'Mixer: ratio must lie in 0..1, got 2'],
    [{ numClasses: 1 }, 'Mixer: numClasses must be an integer of at least 2, got 1'],
  ])('refuses %j', (options, message) => {
    expect(() => new Mixer(options)).toThrow(new RangeError(message));
  });
});

describe('debug', () => {
  const images = () =>
    tf.tensor2d([
      [1, 2],
      [3, Number.NaN],
      [Number.NaN, 0],
      [5, 6],
    ]);
  const rows = tf.tensor2d([
    [1, 0],
    [0, 1],
    [1, 0],
    [0, 1],
  ]);

  test('names the first image that is not finite', () => {
    const mixer = new Mixer({ debug: true, numClasses: 2 });
    expect(() => mixer.mix(images(), [0, 1, 0, 1])).toThrow(
      new RangeError(
        'Mixer: images must be finite, got NaN in image 1, 2 of 4 in all; check the file and its preprocessing',
      ),
    );
  });

  test('names the first label row that does not sum to 1', () => {
    const mixer = new Mixer({ debug: true });
    const draw = drawPairs([0, 1], { random: () => 0.5 });
    const x = tf.ones([2, 2]);
    expect(() =>
      mixer.apply(
        x,
        tf.tensor2d([
          [1, 0],
          [1, 0.5],
        ]),
        draw,
      ),
    ).toThrow(
      new RangeError('Mixer: label rows must sum to 1, or hold 0 and 1 alone, got 1.5 in row 1'),
    );
  });

  test('lets sound batches pass, and looks at nothing when off', () => {
    const sound = tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 7],
      [8, 0],
    ]);
    const on = new Mixer({ debug: true });
    expect(on.mix(sound, rows).images.shape).toEqual([4, 2]);
    expect(new Mixer({ numClasses: 2 }).mix(images(), [0, 1, 0, 1]).images.shape).toEqual([4, 2]);
  });
});
