import { readFileSync } from 'node:fs';
import { goldenPath } from '../testing/golden.js';
import { bits } from '../testing/goldenRule.js';
import { concat, legacyPth, zipPth } from '../testing/pthFile.js';
import { encodeSafetensors } from './formats/encodeSafetensors.js';
import { readWeights } from './readWeights.js';

// Files with something wrong in them, made from good ones by seeded chance: each must be read, or refused in words of our own,
// whatever is wrong. A mutant that hangs the reader runs into the time limit of the test.

/** Mutants of each kind of file. */
const MUTANTS = 10_000;

/** What reading a file of a few kilobytes may take in memory, bytes; a lie that is believed asks for far more. */
const MEMORY = 2 ** 23;

jest.setTimeout(300_000);

/** Draws whole numbers below a bound: the same for the same seed. */
type Draw = (below: number) => number;

function drawsOf(seed: number): Draw {
  let i = 0;
  return (below) => bits(seed, i++) % below;
}

/** Numbers that readers trip over. */
const oddNumbers = [0, 1, 2, 8, 127, 128, 255, 2 ** 16 - 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** One change of some bytes. */
type Change = (bytes: Uint8Array, draw: Draw) => Uint8Array;

/** Changes that leave the length as it is. */
const inPlace: Change[] = [
  (bytes, draw) => {
    const copy = bytes.slice();
    copy[draw(copy.length)] = draw(256);
    return copy;
  },
  (bytes, draw) => {
    const copy = bytes.slice();
    const at = draw(copy.length);
    copy[at] = (copy[at] as number) ^ (1 << draw(8));
    return copy;
  },
  (bytes, draw) => {
    const number = oddNumbers[draw(oddNumbers.length)] as number;
    const copy = bytes.slice();
    const size = [1, 2, 4, 8][draw(4)] as number;
    const at = draw(copy.length - 8);
    for (let i = 0; i < size; i++) copy[at + i] = Math.floor(number / 2 ** (8 * Math.min(i, 4)));
    return copy;
  },
  (bytes, draw) => {
    const [from, to, length] = [draw(bytes.length), draw(bytes.length), draw(40)];
    return bytes.slice().copyWithin(to, from, from + length);
  },
];

const changes: Change[] = [
  ...inPlace,
  (bytes, draw) => bytes.slice(0, draw(bytes.length)),
  (bytes, draw) => {
    const at = draw(bytes.length);
    return concat([bytes.slice(0, at), bytes.slice(at + 1 + draw(20))]);
  },
  (bytes, draw) => {
    const [at, from] = [draw(bytes.length), draw(bytes.length)];
    return concat([bytes.slice(0, at), bytes.slice(from, from + draw(60)), bytes.slice(at)]);
  },
];

/** A file with one to three changes, of its bytes `from` to `to` where those are given. */
function mutant(file: Uint8Array, draw: Draw, from = 0, to = file.length): Uint8Array {
  const among = to - from === file.length ? changes : inPlace;
  let part: Uint8Array = file.slice(from, to);
  for (let left = 1 + draw(3); left > 0 && part.length > 16; left--) {
    part = (among[draw(among.length)] as Change)(part, draw);
  }
  return concat([file.slice(0, from), part, file.slice(to)]);
}

/** Reads mutants, all of their tensors too, and counts what came of them. */
async function readAll(make: (draw: Draw) => Uint8Array, checksums = true) {
  const outcomes = { read: 0, refused: 0 };
  let most = 0;
  for (let i = 0; i < MUTANTS; i++) {
    const bytes = make(drawsOf(i));
    const before = process.memoryUsage().arrayBuffers;
    try {
      const tensors = await readWeights(bytes, { checksums });
      for (const tensor of tensors.values()) {
        expect(tensor.values().length).toBeLessThanOrEqual(bytes.length);
      }
      outcomes.read++;
    } catch (error) {
      const { name, message } = error as Error;
      const ours = name === 'Error' && /^readWeights: the bytes given \S/.test(message);
      if (!ours || message.length > 1200) throw error;
      outcomes.refused++;
    }
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(most).toBeLessThan(MEMORY);
  return outcomes;
}

const golden = (name: string) => new Uint8Array(readFileSync(goldenPath(`weights/${name}`)));
const small = [{ name: 'fc.weight', shape: [3, 2], values: Float32Array.of(1, 2, 3, 4, 5, 6) }];

/** Some files of one format; by turns. */
const anyOf = (files: Uint8Array[]) => (draw: Draw) => {
  const file = files[draw(files.length)] as Uint8Array;
  return mutant(file, draw);
};

describe(`${MUTANTS} mutants of each format are read or refused, in bounded memory:`, () => {
  test('safetensors', async () => {
    const files: Uint8Array[] = ['tiny', 'misaligned', 'odd-names'].map((name) =>
      golden(`${name}.safetensors`),
    );
    files.push(encodeSafetensors(small.map((tensor) => ({ ...tensor, dtype: 'float32' }))));
    const { read, refused } = await readAll(anyOf(files));
    expect(read).toBeGreaterThan(MUTANTS / 100);
    expect(refused).toBeGreaterThan(MUTANTS / 2);
  });

  test('.pth, zip format', async () => {
    const files = [golden('tiny.pth'), golden('checkpoint.pth'), await zipPth(small)];
    files.push(await zipPth(small, { zip64: true, byteOrder: 'little' }));
    const { read, refused } = await readAll(anyOf(files));
    expect(read).toBeGreaterThan(MUTANTS / 100);
    expect(refused).toBeGreaterThan(MUTANTS / 2);
  });

  test('.pth, the pickle in an archive that is sound', async () => {
    const files = [golden('tiny.pth'), golden('checkpoint.pth')];
    const { read, refused } = await readAll((draw) => {
      const file = files[draw(files.length)] as Uint8Array;
      const buffer = Buffer.from(file);
      const start = buffer.indexOf(Uint8Array.of(0x80, 2), buffer.indexOf('data.pkl'));
      return mutant(file, draw, start, buffer.indexOf('PK', start));
    }, false);
    expect(read).toBeGreaterThan(MUTANTS / 100);
    expect(refused).toBeGreaterThan(MUTANTS / 2);
  });

  test('.pth, older format', async () => {
    const files = [golden('tiny-legacy.pth'), legacyPth(small), golden('malicious-legacy.pth')];
    const { read, refused } = await readAll(anyOf(files));
    expect(read).toBeGreaterThan(MUTANTS / 100);
    expect(refused).toBeGreaterThan(MUTANTS / 2);
  });
});
