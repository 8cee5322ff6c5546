import { createRandom } from '@bcl/random';
import { drawPairs } from './drawPairs.js';
import { drawPairsFrom } from './drawPairsFrom.js';
import { labelPairs } from './labelPairs.js';

const ids = Uint8Array.of(3, 1, 4, 1, 5);

describe('labelPairs', () => {
  test('gives the labels of each example and its partner', () => {
    const draw = drawPairs(ids, { random: createRandom(1) });
    const { labelA, labelB, ratio, ...more } = labelPairs(ids, draw);
    expect([...labelA]).toEqual([...ids]);
    expect([...labelB]).toEqual(Array.from(draw.partner, (j) => ids[j]));
    expect(ratio).toBe(draw.ratio);
    expect(more).toEqual({});
  });

  test('gives the labels of a draw from a whole set', () => {
    const draw = drawPairsFrom(ids, 9, { random: createRandom(2) });
    const { labelA, labelB } = labelPairs(ids, draw);
    expect([...labelA]).toEqual(Array.from(draw.first, (i) => ids[i]));
    expect([...labelB]).toEqual(Array.from(draw.partner, (j) => ids[j]));
  });

  test('gives the third label where three are mixed', () => {
    const draw = drawPairs(ids, { random: createRandom(3), classes: 3 });
    const { labelC, ratioC } = labelPairs(ids, draw);
    expect([...(labelC as Int32Array)]).toEqual(
      Array.from(draw.third?.partner as Int32Array, (k) => ids[k]),
    );
    expect(ratioC).toBe(draw.third?.ratio);
  });

  test('refuses an index without a label', () => {
    const draw = drawPairs(ids, { random: () => 0.99 });
    expect(() => labelPairs(ids.subarray(0, 3), draw)).toThrow(
      /^labelPairs: each index must have a label, got [34] of 3$/,
    );
  });
});
