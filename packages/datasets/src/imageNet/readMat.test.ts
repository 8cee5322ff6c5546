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

/** One element: its type, its size and its bytes, filled up to whole groups of eight. */
function element(type: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([head, bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
}

/** An array of this class and size, with what follows its name. */
function array(kind: number, sides: readonly number[], name: string, ...rest: Buffer[]): Buffer {
  const words = (values: readonly number[]) => Buffer.from(Int32Array.from(values).buffer);
  return element(
    14,
    Buffer.concat([
      element(6, words([kind, 0])),
      element(5, words(sides)),
      element(1, Buffer.from(name)),
      ...rest,
    ]),
  );
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

  test('reads texts of UTF-16 units and numbers in few bytes, as MATLAB itself writes them', () => {
    const text = Buffer.from('né', 'utf16le');
    const bytes = Buffer.concat([
      file.subarray(0, 128),
      array(4, [1, 2], 'word', element(4, text)),
      array(6, [1, 3], 'few', element(2, Buffer.from([1, 2, 255]))),
      array(6, [1, 1], 'half', element(3, Buffer.from([0xfe, 0xff]))),
    ]);
    expect([...readMat(bytes)]).toEqual([
      ['word', 'né'],
      ['few', [1, 2, 255]],
      ['half', [-2]],
    ]);
  });

  test.each([
    [array(1, [1, 1], 'cell'), "'cell' is an array of class 1, not of numbers, text or structs"],
    [array(6, [2, 2], 'n', element(9, Buffer.alloc(8))), "'n' claims 4 numbers and holds 1"],
    [array(6, [1, 1], 'n', element(99, Buffer.alloc(8))), 'it holds numbers of type 99'],
    [array(6, [1, 1], 'n'), 'an array ends before its data'],
    [element(9, Buffer.alloc(8)), 'it holds data of type 9 outside of an array'],
    [Buffer.alloc(5), 'it ends within the head of an element'],
  ])('refuses what else there may be, %#', (content, message) => {
    expect(() => readMat(Buffer.concat([file.subarray(0, 128), content]))).toThrow(message);
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
