import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { fuzz } from '../fixtures/fuzz.js';
import { measured } from '../fixtures/memory.js';
import { type MatStruct, readMat } from './readMat.js';

// Written by scipy.io.savemat of SciPy 1.15, compressed, in the devkit's form: synsets, an array of 5 x 1 structs.
const file = readFileSync(join(__dirname, '../fixtures/imagenet-meta.mat'));

/** The same file without its compression. */
function plain(): Buffer {
  return Buffer.concat([file.subarray(0, 128), inflateSync(file.subarray(136))]);
}

describe('readMat', () => {
  test.each([
    ['compressed', file],
    ['plain', plain()],
  ])('reads structs of numbers and texts, %s', (_, bytes) => {
    const variables = readMat(bytes);
    expect([...variables.keys()]).toEqual(['synsets']);
    const synsets = variables.get('synsets') as MatStruct[];
    expect(synsets).toHaveLength(5);
    expect(synsets[1]).toEqual({
      ILSVRC2012_ID: [2],
      WNID: 'n02100735',
      words: 'English setter',
      gloss: 'an English breed',
      num_children: [0],
      children: [],
      wordnet_height: [0],
      num_train_images: [1300],
    });
    expect(synsets[4]).toMatchObject({ gloss: 'any of various mammals é', children: [1, 2] });
  });

  test('refuses other files', () => {
    expect(() => readMat(Buffer.from('MATLAB 5.0'))).toThrow('must be a little-endian MAT file');
    const big = Buffer.from(plain());
    big.write('MI', 126);
    expect(() => readMat(big)).toThrow('must be a little-endian MAT file');
  });

  test('refuses an element that claims more than there is, without taking room for it', () => {
    const long = Buffer.from(plain());
    long.writeUInt32LE(0x7fffffff, 132);
    expect(() => readMat(long)).toThrow(
      `an element claims 2147483647 bytes where ${long.length - 136} are left`,
    );
  });

  test('stops unpacking at a limit', () => {
    const bomb = deflateSync(Buffer.alloc(20 * 2 ** 20));
    const head = Buffer.alloc(8);
    head.writeUInt32LE(15, 0);
    head.writeUInt32LE(bomb.length, 4);
    const bytes = Buffer.concat([file.subarray(0, 128), head, bomb]);
    expect(() => readMat(bytes)).toThrow('larger than 16777216');
  });

  test('reads or refuses ten thousand damaged files', async () => {
    const files = [...new Array<Buffer>(9).fill(plain()), file];
    // What readMat and zlib say; a TypeError or a lack of memory would be a slip.
    const named = (error: Error) => error.name === 'Error' || 'code' in error;
    const memory = measured(readMat);
    const refused = await fuzz(files, memory.read, {
      count: 10_000,
      seed: 'mat',
      named,
      from: 100,
    });
    expect(refused).toBeGreaterThan(5000);
    expect(memory.most()).toBeLessThan(16 * 2 ** 20);
  });
});
