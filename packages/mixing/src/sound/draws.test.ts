import { createRandom } from '@bcl/random';
import { drawRandomCrop } from './randomCrop.js';
import { drawRandomGain } from './randomGain.js';
import { drawRandomScale } from './randomScale.js';

// Changing these numbers changes every user's runs: a major version.
test('sounds are scaled, cropped and amplified by the same draws for a seed in every release', () => {
  const random = createRandom(42);
  expect({
    scale: drawRandomScale({ random }).scale,
    start: [...drawRandomCrop(4, 1000, { length: 100, random }).start],
    db: [...drawRandomGain(2, { random }).db],
  }).toMatchInlineSnapshot(`
    {
      "db": [
        -4.483813285827637,
        -0.5540227293968201,
      ],
      "scale": 0.9251495158904061,
      "start": [
        268,
        561,
        375,
        759,
      ],
    }
  `);
});
