import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { images } from '../fixtures/cifar.js';
import { PickledArray } from './pickleGlobals.js';
import { unpickle } from './unpickle.js';

const folder = join(__dirname, '..', 'fixtures', 'pickles');
const pickles = (kind: string) =>
  readdirSync(folder).filter((name) => name.startsWith(`${kind}-`) && name.endsWith('.pickle'));
const load = (name: string) => unpickle(readFileSync(join(folder, name)), 'test');

/** Python 2's strings as text, arrays and dicts as plain ones. */
function plain(value: unknown): unknown {
  if (value instanceof PickledArray) return { shape: value.shape, data: Array.from(value.data) };
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  }
  return value;
}

describe('unpickle', () => {
  // What fixtures/pickles/make.py wrote with Python 2.7 and NumPy 1.16, Python 3.11 and NumPy 2.4.
  test.each(pickles('values'))('reads values of every kind, %s', (name) => {
    expect(plain(load(name))).toEqual({
      none: null,
      truth: [true, false],
      whole: [0, -1, 255, 65535, -(2 ** 31), 2 ** 40, -(2 ** 53) + 1],
      real: [0.5, -1e20, 1e-7],
      text: 'é€😀\\u0041\n',
      tuple: [1, [2, 3], []],
      nested: { a: { b: [[], {}] } },
      7: "a number's",
      scalar: [5, 0.5],
      arrays: [
        { shape: [1, 2], data: [1, -2] },
        { shape: [1], data: [2.5] },
        { shape: [2], data: [2.5, -1] },
        { shape: [2], data: [2 ** 40, -3] },
      ],
      same: [
        [3, 4],
        [3, 4],
      ],
    });
  });

  test.each(pickles('batch'))('reads a file of CIFAR-10, %s', (name) => {
    const batch = plain(load(name)) as Record<string, unknown>;
    expect(batch).toEqual({
      batch_label: 'training batch 1 of 5',
      labels: [3, 4],
      data: { shape: [2, 3072], data: Array.from(images(2, 3)) },
      filenames: ['leptodactylus_pentadactylus_s_000004.png', 'it\'s "a" \\ file\né.png'],
    });
  });

  test('copies no bytes of arrays and strings', () => {
    const bytes = readFileSync(join(folder, 'batch-py2-2.pickle'));
    const batch = unpickle(bytes, 'test') as Map<string, unknown>;
    const data = batch.get('data') as PickledArray;
    expect(data.data.buffer).toBe(bytes.buffer);
  });

  /** A pickle of protocol 0 or 2 by its codes. */
  const error = (codes: string) => {
    try {
      unpickle(Buffer.from(codes, 'latin1'), 'reader: file');
    } catch (reason) {
      return (reason as Error).message;
    }
    throw new Error(`read without an error: ${codes}`);
  };

  test.each([
    ["cos\nsystem\n(S'id'\ntR.", 'os.system'],
    ["cposix\nsystem\n(S'id'\ntR.", 'posix.system'],
    ['c__builtin__\neval\n(S"1"\ntR.', '__builtin__.eval'],
    ['\x80\x04\x8c\x02os\x8c\x06system\x93.', 'os.system'],
    ['cnumpy.core.multiarray\nfromfile\n.', 'numpy.core.multiarray.fromfile'],
    ['ccollections\nOrderedDict\n)R.', 'collections.OrderedDict'],
    ['cnumpy\nload\n.', 'numpy.load'],
  ])('refuses a global by name, %p', (codes, name) => {
    expect(error(codes)).toBe(
      `reader: file: refused the global "${name}": only arrays, lists, dicts, strings and numbers are read from a pickle`,
    );
  });

  test.each([
    ['(ios\nsystem\n.', 'INST'],
    ['(cnumpy\nndarray\no.', 'OBJ'],
    ['P0\n.', 'PERSID'],
    ['cnumpy\nndarray\n)\x81.', 'NEWOBJ'],
    ['\x82\x01.', 'EXT1'],
    ['\x8f.', 'EMPTY_SET'],
    ['\x96\x00\x00\x00\x00\x00\x00\x00\x00.', 'BYTEARRAY8'],
  ])('refuses what makes objects, %p', (codes, name) => {
    expect(error(codes)).toContain(`refused the code ${name}`);
  });

  test.each([
    ['', 'it was cut short'],
    ['N', 'it was cut short'],
    ['NN.', 'holds more than one value'],
    ['N.N', 'holds more than one value'],
    ['.', 'it ends too early'],
    ['(.', 'its stack is empty'],
    ['a.', 'its stack is empty'],
    ['NNa.', 'it appends to what is no list'],
    ['NNNs.', 'it sets items of what is no dict'],
    ['}(Nu.', 'it sets items of what is no dict'],
    ['}NNs.', 'a key of a dict is neither text nor a number'],
    ['e.', 'a mark is missing'],
    ['h\x05.', 'it recalls 5, which it never kept'],
    ['T\xff\xff\xff\x7fabc.', 'it was cut short'],
    ['\x8e\xff\xff\xff\xff\xff\xff\xff\xffabc.', 'it was cut short'],
    ['\x8d\xff\xff\xff\xff\x00\x00\x00\x00abc.', 'it was cut short'],
    ['\x95\xff\x00\x00\x00\x00\x00\x00\x00N.', 'it was cut short'],
    ['\x8b\xff\xff\xff\x00.', 'it holds a whole number of 16777215 bytes'],
    ['I12x\n.', '"12x" is no number'],
    ['L99999999999999999999L\n.', 'beyond ±2^53'],
    ['S12\n.', 'a string lacks its quotes'],
    [`I${'1'.repeat(300)}\n.`, 'a line is too long'],
    ['NNR.', 'it calls something with the wrong arguments'],
    ['cnumpy\ndtype\n)R.', 'it calls something with the wrong arguments'],
    ['NNb.', 'it builds what is no array'],
    ['\xff.', 'there is no code 255'],
  ])('says where it is damaged, %p', (codes, why) => {
    expect(error(codes)).toMatch(/^reader: file: cannot read the pickle at byte \d+: /);
    expect(error(codes)).toContain(why);
  });

  test('names a protocol that it does not know', () => {
    expect(error('\x80\x05N.')).toContain(
      'the protocol of a pickle must be 0 to 4, got 5; pickle it again with protocol=4',
    );
  });

  const array = (type: string, state: string) =>
    `cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I1\ntcnumpy\ndtype\n(S'${type}'\nI0\nI1\ntR${state}tb.`;

  test.each([
    [array('O8', "(I3\nS'|'\ntbI00\n(l"), "got '|O8'"],
    [array('i8', "(I3\nS'>'\ntbI00\nS'12345678'\n"), "got '>i8'"],
    [array('i8', "(I3\nS'<'\ntbI00\nS'1234'\n"), 'takes 8 bytes, got 4'],
    [array('i8', "(I3\nS'<'\ntbI01\nS'12345678'\n"), 'must be in C order, got Fortran order'],
    [array('u1', "(I3\nS'|'\ntbI00\nN"), 'an array must be told its shape, type and bytes'],
  ])('refuses an array that is none of plain numbers, %#', (codes, why) => {
    expect(error(codes)).toContain(why);
  });

  test('makes no more than a file of its size has use for', () => {
    expect(error(`${'}'.repeat(5000)}.`)).toContain('it makes too many objects for its size');
    expect(error(`${'N'.repeat(2 ** 20 + 1)}.`)).toContain('its stack grows without end');
    // One long text, encoded again and again.
    const long = `X\x10\x27\x00\x00${'a'.repeat(10_000)}q\x01`;
    const again = 'c_codecs\nencode\n(h\x01X\x06\x00\x00\x00latin1tR0'.repeat(20);
    expect(error(`${long}${again}.`)).toContain('it makes too much for its size');
  });
});
