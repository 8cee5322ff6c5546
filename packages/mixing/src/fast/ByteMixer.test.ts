import { ByteMixer, type ByteMixerOptions } from './ByteMixer.js';
import type { BytePlan } from './BytePlan.js';
import { mixBytes } from './mixBytes.js';

const labels = Int32Array.from({ length: 30 }, (_, i) => i % 3);
const data = {
  images: Uint8Array.from({ length: 30 * 12 }, (_, i) => (i * 37) % 256),
  labels,
  shape: [2, 2, 3] as const,
};
const statistics = { mean: [1, 2, 3], std: [40, 50, 60], numClasses: 3 };
const mixer = (options: Partial<ByteMixerOptions> = {}) =>
  new ByteMixer({ ...statistics, ...options });
const plain = (plan: BytePlan) =>
  JSON.parse(JSON.stringify(plan, (_, v) => (ArrayBuffer.isView(v) ? Array.from(v as never) : v)));

describe('ByteMixer.draw', () => {
  // Changing these numbers changes every user's runs: a major version.
  test('draws the same plan for a seed in every release', () => {
    expect(plain(mixer({ seed: 42 }).draw(data, [3, 1, 4]))).toMatchInlineSnapshot(`
      {
        "first": {
          "flip": [
            1,
            0,
            0,
          ],
          "index": [
            3,
            1,
            4,
          ],
          "left": [
            0,
            7,
            6,
          ],
          "top": [
            1,
            8,
            0,
          ],
        },
        "padding": 4,
        "ratio": [
          0.17500656843185425,
          0.6023088097572327,
          0.3168608546257019,
        ],
        "second": {
          "flip": [
            1,
            1,
            0,
          ],
          "index": [
            25,
            21,
            5,
          ],
          "left": [
            5,
            6,
            7,
          ],
          "top": [
            5,
            3,
            4,
          ],
        },
      }
    `);
  });

  test('pairs different classes, over the whole set, and never an image with itself', () => {
    const seen = new Set<number>();
    const drawer = mixer({ seed: 1 });
    for (let i = 0; i < 100; i++) {
      const { first, second } = drawer.draw(data, [0, 4, 8]);
      expect([...(first.index as Int32Array)]).toEqual([0, 4, 8]);
      for (let b = 0; b < 3; b++) {
        const partner = second.index[b] as number;
        expect(labels[partner]).not.toBe(labels[first.index[b] as number]);
        if (b === 0) seen.add(partner);
      }
    }
    // 20 images of other classes than 0: all of them turn up in 100 draws but for a chance of 1 in 8.
    expect(seen.size).toBeGreaterThan(17);
  });

  test('pairs one class, or any, when told to', () => {
    const same = mixer({ classes: 'same' }).draw(data, [5, 5, 5, 5, 5, 5]);
    for (const partner of Array.from(same.second.index)) {
      expect(partner).not.toBe(5);
      expect(labels[partner]).toBe(labels[5]);
    }
    const any = mixer({ classes: 'any', seed: 2 }).draw(data, new Int32Array(200));
    const classes = Array.from(any.second.index, (k) => labels[k]);
    expect(new Set(classes)).toEqual(new Set([0, 1, 2]));
    expect(Array.from(any.second.index)).not.toContain(0);
  });

  test('finds the one image in a thousand that it may pair', () => {
    const rare = {
      labels: Uint8Array.from({ length: 1000 }, (_, i) => (i === 700 ? 1 : 0)),
    };
    const { second } = mixer().draw(rare, [1, 2, 3]);
    expect([...(second.index as Int32Array)]).toEqual([700, 700, 700]);
  });

  test('says when there is no partner', () => {
    expect(() => mixer().draw({ labels: [4, 4] }, [1])).toThrow(
      new RangeError(
        "ByteMixer: image 1, class 4, needs a partner (classes: 'different'), got none among 2 images",
      ),
    );
    expect(() => mixer({ classes: 'any' }).draw({ labels: [4] }, [0])).toThrow('got none among 1');
  });

  test('draws each kind of chance from a stream of its own', () => {
    const plan = plain(mixer({ seed: 6 }).draw(data, [1, 2]));
    const fixed = plain(mixer({ seed: 6, ratio: 0.5, flip: 0, padding: 0 }).draw(data, [1, 2]));
    expect(fixed.second.index).toEqual(plan.second.index);
    expect(fixed.ratio).toEqual([0.5, 0.5]);
    expect(fixed.first).toEqual({
      index: [1, 2],
      flip: [0, 0],
      top: [0, 0],
      left: [0, 0],
    });
    const always = plain(mixer({ seed: 6, flip: 1 }).draw(data, [1, 2]));
    expect(always.first).toEqual({ ...plan.first, flip: [1, 1] });
    expect(always.ratio).toEqual(plan.ratio);
  });

  test('keeps flips and windows of the two images apart, and windows within the padding', () => {
    const { first, second, padding } = mixer().draw(data, new Int32Array(500));
    expect(padding).toBe(4);
    for (const views of [first, second]) {
      for (const offsets of [views.top, views.left]) {
        expect(new Set(Array.from(offsets))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8]));
      }
      const flips = Array.from(views.flip).reduce((sum, v) => sum + v, 0);
      expect(Math.abs(flips - 250)).toBeLessThan(60);
    }
    expect(first.top).not.toEqual(second.top);
    expect(first.flip).not.toEqual(second.flip);
  });
});

describe('ByteMixer.apply', () => {
  test('mixes by the plan with its own settings', () => {
    const own = mixer({ method: 'bc', label: 'multi' });
    const plan = own.draw(data, [7, 8]);
    const mixed = own.apply(data, plan);
    expect(mixed).toEqual(mixBytes(data, plan, { ...statistics, method: 'bc', label: 'multi' }));
    const images = new Float32Array(24);
    expect(own.apply(data, plan, { images }).images).toBe(images);
    expect(images).toEqual(mixed.images);
  });
});

describe('ByteMixer.batches', () => {
  test('reads every image once as the first, in another order each epoch', () => {
    const own = mixer({ method: 'bc', ratio: 1, flip: 0, padding: 0 });
    const epoch = () =>
      [...own.batches(data, { batchSize: 8 })].map(({ images, labels: rows, shape }) => {
        expect(shape.slice(1)).toEqual([2, 2, 3]);
        expect(rows.length).toBe(shape[0] * 3);
        return Array.from({ length: shape[0] }, (_, b) => images[b * 12] as number);
      });
    const [one, two] = [epoch(), epoch()];
    expect(one.map(({ length }) => length)).toEqual([8, 8, 8, 6]);
    const firsts = (batches: number[][]) => [...batches.flat()].sort((a, b) => a - b);
    const all = Array.from({ length: 30 }, (_, i) =>
      Math.fround(((data.images[i * 12] as number) - 1) / 40),
    ).sort((a, b) => a - b);
    firsts(one).forEach((v, i) => {
      expect(v).toBeCloseTo(all[i] as number, 5);
    });
    expect(firsts(two)).toEqual(firsts(one));
    expect(two).not.toEqual(one);
  });

  test('reads the given images in the given order', () => {
    const own = mixer({ method: 'bc', ratio: 1, flip: 0, padding: 0 });
    const [batch] = own.batches(data, {
      batchSize: 8,
      indices: Int32Array.of(9, 3),
    });
    expect(batch?.shape[0]).toBe(2);
    expect(batch?.images[0]).toBeCloseTo(((data.images[9 * 12] as number) - 1) / 40, 5);
  });

  test('refuses a batch of nothing', () => {
    expect(() => mixer().batches(data, { batchSize: 0 }).next()).toThrow(
      new RangeError('ByteMixer: batchSize must be a whole number from 1, got 0'),
    );
  });
});

describe('ByteMixer.state', () => {
  test('goes on from where it was saved, through JSON', () => {
    const own = mixer({ seed: 5 });
    [...own.batches(data, { batchSize: 10 })];
    const saved = JSON.parse(JSON.stringify(own.state()));
    const following = [...own.batches(data, { batchSize: 10 })];
    const other = mixer({ seed: 'another' });
    other.restore(saved);
    expect([...other.batches(data, { batchSize: 10 })]).toEqual(following);
  });

  test('refuses a broken state and stays where it was', () => {
    const own = mixer({ seed: 5 });
    const before = own.state();
    const broken = { ...mixer({ seed: 6 }).state(), shuffle: {} as never };
    expect(() => own.restore(broken)).toThrow('restore: state must come from');
    expect(own.state()).toEqual(before);
  });
});

describe('new ByteMixer', () => {
  test.each<[Partial<ByteMixerOptions>, string]>([
    [
      { classes: 'two' as 'any' },
      "ByteMixer: classes must be 'different', 'same' or 'any', got 'two'",
    ],
    [{ padding: -1 }, 'ByteMixer: padding must be a whole number from 0, got -1'],
    [{ flip: 2 }, 'ByteMixer: flip must be a probability, 0..1, got 2'],
  ])('refuses %j', (options, message) => {
    expect(() => mixer(options)).toThrow(new RangeError(message));
  });

  test('refuses a ratio that is drawn out of range', () => {
    expect(() => mixer({ ratio: () => 1.5 }).draw(data, [0])).toThrow(
      new RangeError('ByteMixer: ratio must lie in 0..1, got 1.5'),
    );
  });
});
