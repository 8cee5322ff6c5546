import { createRandom } from '@bcl/random';
import sharp from 'sharp';
import type { Format } from '../fixtures/images.js';
import { mutate } from '../fixtures/mutate.js';
import { decodeAll, type Encoded, type Unreadable } from './decodeAll.js';
import { imageDecoder } from './imageDecoder.js';

const COUNT = 10_000;

/** A picture with something to compress. */
async function picture(format: Format): Promise<Buffer> {
  const random = createRandom(format);
  const raw = Uint8Array.from({ length: 24 * 16 * 3 }, (_, i) => (i % 72) * 3 + 40 * random());
  return sharp(raw, { raw: { width: 24, height: 16, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}

/** Damaged copies of one picture, each as often changed in its header as elsewhere. */
async function* damaged(whole: Buffer, seed: string): AsyncGenerator<Encoded, void, undefined> {
  const random = createRandom(seed);
  for (let place = 0; place < COUNT; place++) {
    const head = mutate(whole.subarray(0, 40), random);
    const image = place % 2 ? mutate(whole, random) : Buffer.concat([head, whole.subarray(40)]);
    const read = () => ({ image, label: place % 7 });
    yield { key: `${place}`, place, where: `image ${place}`, read };
  }
}

describe('decodeAll', () => {
  test.each(['jpeg', 'png', 'webp'] as const)(
    'reads or refuses ten thousand damaged images, %s',
    async (format) => {
      const { decode } = await imageDecoder('fuzz', { size: 8, maxPixels: 2 ** 20 });
      const whole = await picture(format);
      expect((await decode(whole)).length).toBe(192);
      const refused: Unreadable[] = [];
      let read = 0;
      const onUnreadable = (report: Unreadable) => refused.push(report);
      for await (const { image, label, place } of decodeAll(
        'fuzz',
        damaged(whole, format),
        decode,
        {
          onUnreadable,
        },
      )) {
        if (image.length !== 192 || label !== place % 7) throw new Error(`image ${place} is wrong`);
        read++;
      }
      expect(read + refused.length).toBe(COUNT);
      expect(refused.length).toBeGreaterThan(COUNT / 5);
      const strange = refused.find(
        ({ key, where, error }) =>
          where !== `image ${key}` || !/^fuzz: cannot read image \d+: [^\n]+$/.test(error.message),
      );
      expect(strange).toBeUndefined();
    },
  );

  test('refuses a header that claims a huge image, before any of it is decoded', async () => {
    const { decode } = await imageDecoder('f', { size: 8 });
    const png = await picture('png');
    png.writeUInt32BE(60_000, 16);
    png.writeUInt32BE(60_000, 20);
    await expect(decode(png)).rejects.toThrow(/pixel limit|IHDR/);
  });

  test('takes what throws while it is read for an image that cannot be read', async () => {
    const { decode } = await imageDecoder('f', { size: 8 });
    async function* one(): AsyncGenerator<Encoded, void, undefined> {
      yield {
        key: 'k',
        place: 0,
        where: 'w',
        read: () => {
          throw new Error('no label');
        },
      };
    }
    await expect(decodeAll('f', one(), decode, {}).next()).rejects.toThrow(
      new Error('f: cannot read w: no label', { cause: new Error('no label') }),
    );
  });
});
