import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@bcl/random';
import fc from 'fast-check';
import { fuzz } from '../fixtures/fuzz.js';
import { measured } from '../fixtures/memory.js';
import { noise, riff, wav } from '../fixtures/wav.js';
import { decodeSound } from './decodeSound.js';

const file = (name: string) => readFileSync(join(__dirname, '../fixtures/sound', name));
const decode = (bytes: Uint8Array) => decodeSound('f', 'clip', bytes);
/** Samples of 16 bits, exactly. */
const whole = async (bytes: Uint8Array) =>
  Int16Array.from((await decode(bytes)).samples, (x) => {
    if (!Number.isInteger(32768 * x)) throw new Error(`${x} is between two samples`);
    return 32768 * x;
  });
/** The 16-bit samples of a WAV file of Python's, after its 44 bytes of head. */
const pcm = (name: string) => {
  const bytes = file(name);
  return Int16Array.from({ length: (bytes.length - 44) / 2 }, (_, i) =>
    bytes.readInt16LE(44 + 2 * i),
  );
};

describe('a WAV file', () => {
  test('of 16 bits comes out exact, every value, whatever chunks lie about', () =>
    fc.assert(
      fc.asyncProperty(
        fc.int16Array({ minLength: 1, maxLength: 50 }),
        fc.array(fc.tuple(fc.constantFrom('LIST', 'bext', 'JUNK'), fc.nat({ max: 9 })), {
          maxLength: 3,
        }),
        fc.constantFrom(8000, 16000, 44100),
        async (samples, chunks, sampleRate) => {
          const bytes = wav(samples, { sampleRate, chunks });
          expect(await whole(bytes)).toEqual(samples);
          expect((await decode(bytes)).sampleRate).toBe(sampleRate);
        },
      ),
      { numRuns: 100 },
    ));

  test('of all values there are comes out exact', async () => {
    const all = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);
    expect(await whole(wav(all))).toEqual(all);
    expect(await whole(file('mono.wav'))).toEqual(pcm('mono.wav'));
  });

  test('of several channels gives their mean', async () => {
    const { samples } = await decode(wav(Int16Array.of(100, 200, -3, 4, 7, 8), { channels: 2 }));
    expect([...samples].map((x) => 32768 * x)).toEqual([150, 0.5, 7.5]);
  });

  /** One channel of a kind, with its samples written by `write`. */
  const kind = (code: number, bits: number, values: readonly number[], extensible = false) => {
    const bytes = bits / 8;
    const format = Buffer.alloc(extensible ? 40 : 16);
    format.writeUInt16LE(extensible ? 0xfffe : code, 0);
    format.writeUInt16LE(1, 2);
    format.writeUInt32LE(8000, 4);
    format.writeUInt16LE(bytes, 12);
    format.writeUInt16LE(bits, 14);
    if (extensible) format.writeUInt16LE(code, 24);
    const data = Buffer.alloc(values.length * bytes);
    values.forEach((value, i) => {
      if (code === 3 && bits === 32) data.writeFloatLE(value, i * bytes);
      else if (code === 3) data.writeDoubleLE(value, i * bytes);
      else if (bits === 8) data.writeUInt8(value, i);
      else data.writeIntLE(value, i * bytes, bytes);
    });
    return riff([
      ['fmt ', format],
      ['data', data],
    ]);
  };

  test.each([
    [1, 8, [0, 64, 128, 255], [-1, -0.5, 0, 127 / 128]],
    [1, 24, [-8388608, -1, 0, 0x123456], [-1, -1 / 8388608, 0, 0x123456 / 8388608]],
    [1, 32, [-2147483648, 0, 1073741824], [-1, 0, 0.5]],
    [3, 32, [-1, 0.25, 1.5], [-1, 0.25, 1.5]],
    [3, 64, [-1, 0.25, 1.5], [-1, 0.25, 1.5]],
  ])(
    'of kind %i with %i bits is read, plain and extensible',
    async (code, bits, values, expected) => {
      for (const extensible of [false, true]) {
        const { samples, sampleRate } = await decode(kind(code, bits, values, extensible));
        expect([...samples]).toEqual(expected);
        expect(sampleRate).toBe(8000);
      }
    },
  );

  test.each([
    ['ms', 0],
    ['ulaw', 0],
    ['alaw', 0],
    // A step is rounded once here, as in FFmpeg, and bit by bit in SoX.
    ['ima', 16],
  ])('of %s is what SoX makes of it', async (name, tolerance) => {
    const expected = pcm(`${name}.sox.wav`);
    const actual = await whole(file(`${name}.wav`));
    expect(actual.length).toBe(expected.length);
    const furthest = actual.reduce(
      (most, sample, i) => Math.max(most, Math.abs(sample - (expected[i] as number))),
      0,
    );
    expect(furthest).toBeLessThanOrEqual(tolerance);
  });

  test('that was not finished goes on to its end', async () => {
    const bytes = wav(Int16Array.of(1, 2, 3));
    bytes.writeUInt32LE(0xffffffff, 40);
    expect(await whole(bytes)).toEqual(Int16Array.of(1, 2, 3));
  });

  const short = wav(Int16Array.of(1, 2, 3));
  const changed = (at: number, value: number) => {
    const bytes = Buffer.from(short);
    bytes.writeUInt16LE(value, at);
    return bytes;
  };
  test.each([
    [
      'claims too much',
      changed(40, 60_000),
      'it claims 60000 bytes of sound and holds 6; it was cut short',
    ],
    ['has no sound', short.subarray(0, 36), 'it holds no sound; it was cut short'],
    ['has an empty sound', wav(new Int16Array(0)), 'it holds no sound'],
    ['has no format', riff([['data', Buffer.alloc(4)]]), 'its sound comes before its format'],
    ['has nothing', riff([]), 'it holds no format'],
    [
      'has a short format',
      riff([['fmt ', Buffer.alloc(8)]]),
      'its format takes 8 bytes, at least 16 are needed',
    ],
    ['has no channels', changed(22, 0), 'it must have 1 to 32 channels, got 0'],
    ['has no rate', changed(24, 0), 'its sample rate must be 1000 to 192000 Hz, got 0'],
    ['has odd blocks', changed(32, 3), '1 channels of 16 bits take 2 bytes, got 3'],
    ['has odd bits', changed(34, 12), 'samples of 12 bits of this kind (1) are not known'],
    ['is of another kind', changed(20, 0x55), 'this kind of wav (85) is not known'],
    ['is not finite', kind(3, 32, [0, Number.NaN]), 'its samples must be finite, got NaN'],
    [
      'is no WAV',
      Buffer.from('RIFF....AVI LIST'),
      'it must be a WAV, FLAC or Ogg Vorbis file by its first bytes',
    ],
  ])('that %s is refused', async (_, bytes, message) => {
    await expect(decode(bytes)).rejects.toThrow(`f: cannot read clip: ${message}`);
  });

  test('of ADPCM whose blocks claim more samples than they have room for is refused', async () => {
    const bytes = file('ima.wav');
    bytes.writeUInt16LE(0xffff, bytes.indexOf('fmt ') + 8 + 18);
    await expect(decode(bytes)).rejects.toThrow(
      /hold at most \d+ samples of 1 channels, got 65535, of 4 bits/,
    );
  });
});

describe('a FLAC file', () => {
  test.each(['mono.flac', 'mono.oga'])('comes out exact, %s', async (name) => {
    expect(await whole(file(name))).toEqual(pcm('mono.wav'));
    expect((await decode(file(name))).sampleRate).toBe(16000);
  });

  test('of 24 bits and two channels is what the WAV file is', async () => {
    expect(await decode(file('stereo24.flac'))).toEqual(await decode(file('stereo24.wav')));
  });

  test('that is cut short or damaged is refused', async () => {
    const bytes = file('mono.flac');
    await expect(decode(bytes.subarray(0, 2000))).rejects.toThrow(/^f: cannot read clip: it /);
    for (const at of [30, 600, 2000]) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 0x10;
      await expect(decode(damaged)).rejects.toThrow(/^f: cannot read clip: its? /);
    }
    await expect(decode(bytes.subarray(0, 20))).rejects.toThrow('it has no STREAMINFO');
  });
});

describe('an Ogg Vorbis file', () => {
  test('comes out near to what was coded', async () => {
    const { samples, sampleRate } = await decode(file('tone.ogg'));
    const original = pcm('tone.wav');
    expect(sampleRate).toBe(16000);
    expect(samples.length).toBe(original.length);
    let error = 0;
    let power = 0;
    samples.forEach((x, i) => {
      const sample = (original[i] as number) / 32768;
      error += (x - sample) ** 2;
      power += sample ** 2;
    });
    // Quality 5 keeps the tone and much of the noise, which is a hundredth of its power.
    expect(10 * Math.log10(power / error)).toBeGreaterThan(15);
  });

  test('that is cut short or damaged is refused', async () => {
    const bytes = file('tone.ogg');
    await expect(decode(bytes.subarray(0, bytes.length - 1))).rejects.toThrow(
      /it ends after page \d, which is not its last; it is cut short or damaged/,
    );
    const damaged = Buffer.from(bytes);
    damaged[4500] = (damaged[4500] as number) ^ 1;
    await expect(decode(damaged)).rejects.toThrow(
      /page \d is not what its checksum tells; it is damaged/,
    );
    const other = Buffer.from(bytes);
    other.write('theora!', 29);
    await expect(decode(other)).rejects.toThrow('it must be a WAV, FLAC or Ogg Vorbis file');
  });
});

describe('damaged files', () => {
  const named = ({ message }: Error) => message.startsWith('f: cannot read clip: ');
  /** Decodes, and sees to it that no more comes out than the file can hold. */
  const read = async (bytes: Uint8Array) => {
    const { samples } = await decode(bytes);
    if (samples.length > 2 * bytes.length) throw new Error(`${samples.length} samples`);
  };

  test('of WAV, ten thousand, are read or refused', async () => {
    const random = createRandom('wav');
    const originals = [
      wav(noise(random, 20)),
      wav(noise(random, 40), { channels: 2, chunks: [['LIST', 7]] }),
      ...['ima', 'ms', 'ulaw'].map((name) => file(`${name}.wav`).subarray(0, 1000)),
    ];
    const memory = measured(read);
    for (const from of [0, 12]) {
      const refused = await fuzz(originals, memory.read, {
        count: 6000,
        seed: `wav${from}`,
        named,
        from,
      });
      expect(refused).toBeGreaterThan(1000);
      expect(refused).toBeLessThan(6000);
    }
    expect(memory.most()).toBeLessThan(8 * 2 ** 20);
  });

  /** The decoders print what they meet, too. */
  const quietly = async (run: () => Promise<void>) => {
    const error = jest.spyOn(console, 'error').mockImplementation(() => {});
    try {
      await run();
    } finally {
      error.mockRestore();
    }
  };

  test('of Ogg, ten thousand, are refused, by their checksums if by nothing else', () =>
    quietly(async () => {
      const originals = [file('tone.ogg')];
      const refused = await fuzz(originals, decode, { count: 10_000, seed: 'ogg', named });
      expect(refused).toBeGreaterThan(9900);
    }));

  // Each takes a decoder of its own, which takes milliseconds: ten thousand where BCL_LARGE=1 asks for them.
  const { env } = process;
  const flacs = env.BCL_LARGE === '1' ? 10_000 : 1500;
  test(
    `of FLAC, ${flacs}, are refused, and none comes out wrong`,
    () =>
      quietly(async () => {
        const expected = await whole(file('mono.flac'));
        const originals = [file('mono.flac'), file('mono.oga')];
        const same = async (bytes: Uint8Array) => {
          const samples = await whole(bytes);
          if (`${samples}` !== `${expected}`) throw new Error('another sound');
        };
        const refused = await fuzz(originals, same, { count: flacs, seed: 'flac', named });
        expect(refused).toBeGreaterThan(0.75 * flacs);
      }),
    600_000,
  );
});
