import * as fc from 'fast-check';
import { createRandom, type Random, type RandomState } from './createRandom.js';

const seeds = fc.oneof(fc.integer(), fc.string());

function draws(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random());
}

describe('createRandom', () => {
  // Changing these numbers changes every user's runs: a major version.
  test('draws the same numbers for a seed in every release', () => {
    const drawn = {
      'seed 0': draws(createRandom(0), 3),
      'seed 42': draws(createRandom(42), 3),
      'seed 42, stream pairs': draws(createRandom(42).stream('pairs'), 3),
      'seed été': draws(createRandom('été'), 3),
    };
    expect(drawn).toMatchInlineSnapshot(`
      {
        "seed 0": [
          0.8387494849581427,
          0.6338449383996115,
          0.803252313751857,
        ],
        "seed 42": [
          0.3256729462419784,
          0.2975855228704062,
          0.6227334745690302,
        ],
        "seed 42, stream pairs": [
          0.32364891535896834,
          0.9080657104861631,
          0.84459547933312,
        ],
        "seed été": [
          0.3827571901124247,
          0.5376316023542053,
          0.7714921102264032,
        ],
      }
    `);
  });

  test('draws from [0, 1), evenly, with neighbours unrelated', () => {
    const sample = draws(createRandom(7), 20_000);
    expect(sample.every((x) => x >= 0 && x < 1)).toBe(true);
    const bins = new Array<number>(16).fill(0);
    for (const x of sample) bins[Math.floor(x * 16)] = (bins[Math.floor(x * 16)] as number) + 1;
    // 1250 in each bin, standard deviation 34: four of them.
    for (const count of bins) expect(Math.abs(count - 1250)).toBeLessThan(140);
    expect(Math.abs(correlation(sample.slice(1), sample.slice(0, -1)))).toBeLessThan(0.03);
  });

  test('starts unrelated sequences from neighbouring seeds', () => {
    const firsts = Array.from({ length: 4000 }, (_, seed) => createRandom(seed)());
    const mean = firsts.reduce((sum, x) => sum + x, 0) / firsts.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
    expect(Math.abs(correlation(firsts.slice(1), firsts.slice(0, -1)))).toBeLessThan(0.06);
    expect(new Set(firsts).size).toBe(4000);
  });

  test('gives a stream that does not depend on how much was drawn', async () => {
    await fc.assert(
      fc.property(seeds, fc.string(), fc.nat(20), (seed, name, count) => {
        const random = createRandom(seed);
        const fresh = draws(random.stream(name), 4);
        draws(random, count);
        expect(draws(random.stream(name), 4)).toEqual(fresh);
        expect(draws(createRandom(`${seed}/${name}`), 4)).toEqual(fresh);
      }),
    );
  });

  test('keeps drawing from a stream apart from its parent', () => {
    const random = createRandom(3);
    const expected = draws(createRandom(3), 4);
    const stream = random.stream('crop');
    draws(stream, 10);
    expect(draws(random, 4)).toEqual(expected);
    expect(stream.seed).toBe('3/crop');
  });

  test('gives different streams for different names and seeds', () => {
    const sources = [
      createRandom(1),
      createRandom(2),
      createRandom(1).stream('pairs'),
      createRandom(2).stream('pairs'),
      createRandom(1).stream('ratio'),
      createRandom(1).stream(''),
      createRandom(1).stream('pairs').stream('ratio'),
    ];
    const samples = sources.map((random) => draws(random, 2000));
    samples.forEach((a, i) => {
      for (const b of samples.slice(i + 1)) {
        expect(Math.abs(correlation(a, b))).toBeLessThan(0.1);
      }
    });
  });

  test('goes on from a saved state, through JSON', async () => {
    await fc.assert(
      fc.property(seeds, fc.nat(50), (seed, count) => {
        const random = createRandom(seed);
        draws(random, count);
        const saved = JSON.parse(JSON.stringify(random.state())) as RandomState;
        const following = draws(random, 5);
        const other = createRandom('elsewhere');
        other.restore(saved);
        expect(draws(other, 5)).toEqual(following);
        random.restore(saved);
        expect(draws(random, 5)).toEqual(following);
      }),
    );
  });

  test('hands out a copy of its state', () => {
    const random = createRandom(5);
    const saved = random.state();
    const first = random();
    (saved.words as number[])[0] = 123;
    expect(random()).not.toBe(first);
    expect(random.state().words).not.toEqual(saved.words);
  });

  test('refuses a seed that is no number and no text', () => {
    expect(() => createRandom(Number.NaN)).toThrow(
      new TypeError('createRandom: seed must be a finite number or text, got NaN'),
    );
    expect(() => createRandom(undefined as unknown as number)).toThrow(
      new TypeError('createRandom: seed must be a finite number or text, got undefined'),
    );
  });

  test.each([
    null,
    {},
    { generator: 'mersenne', words: [1, 2, 3, 4] },
    { generator: 'xoroshiro128plus', words: [1, 2, 3] },
    { generator: 'xoroshiro128plus', words: [1, 2, 3, 0.5] },
    { generator: 'xoroshiro128plus', words: [1, 2, 3, 2 ** 31] },
    { generator: 'xoroshiro128plus', words: [0, 0, 0, 0] },
  ])('refuses the state %j and stays where it was', (state) => {
    const random = createRandom(5);
    const before = random.state();
    expect(() => random.restore(state as RandomState)).toThrow(
      `restore: state must come from state(), { generator: 'xoroshiro128plus', words: [four 32-bit integers] }, got ${JSON.stringify(
        state,
      )}`,
    );
    expect(random.state()).toEqual(before);
  });
});

function correlation(a: number[], b: number[]): number {
  const mean = (x: number[]) => x.reduce((sum, v) => sum + v, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  const covariance = mean(a.map((v, i) => (v - ma) * ((b[i] as number) - mb)));
  return (
    covariance / Math.sqrt(mean(a.map((v) => (v - ma) ** 2)) * mean(b.map((v) => (v - mb) ** 2)))
  );
}
