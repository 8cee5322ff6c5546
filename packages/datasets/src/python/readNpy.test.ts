import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withFolder } from '../fixtures/cifar.js';
import { npy } from '../fixtures/npy.js';
import { readNpy } from './readNpy.js';

const bytes = (...values: number[]) => Uint8Array.from(values);
const rows = (type: string, shape: string, order = 'False') =>
  `{'descr': '${type}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe('readNpy', () => {
  test.each<[string, Uint8Array, number[]]>([
    ['|u1', bytes(1, 255), [1, 255]],
    ['<i4', new Uint8Array(Int32Array.of(-7, 2 ** 30).buffer), [-7, 2 ** 30]],
    ['<f4', new Uint8Array(Float32Array.of(0.5, -2).buffer), [0.5, -2]],
    ['<f8', new Uint8Array(Float64Array.of(0.1, 1e300).buffer), [0.1, 1e300]],
    ['<i8', new Uint8Array(BigInt64Array.of(-3n, 2n ** 53n - 1n).buffer), [-3, 2 ** 53 - 1]],
  ])('reads %s in both versions of the format', async (type, content, expected) => {
    for (const version of [1, 2] as const) {
      const { data, shape, type: told } = await readNpy(npy(rows(type, '(2,)'), content, version));
      expect(Array.from(data)).toEqual(expected);
      expect([shape, told]).toEqual([[2], type]);
    }
  });

  // >>> io = BytesIO(); numpy.save(io, numpy.arange(6, dtype='<f4').reshape(2, 3)); io.getvalue(), NumPy 2.4.
  test('reads what NumPy writes', async () => {
    const file = npy(
      rows('<f4', '(2, 3)').padEnd(117),
      new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer),
    );
    expect(file.length).toBe(128 + 24);
    expect(await readNpy(file)).toEqual({
      data: Float32Array.of(0, 1, 2, 3, 4, 5),
      shape: [2, 3],
      type: '<f4',
    });
  });

  test.each([
    ['()', 1, []],
    ['(0, 5)', 0, [0, 5]],
    ['(2L, 2L)', 4, [2, 2]],
    ['(1, 1, 1, 3)', 3, [1, 1, 1, 3]],
  ])('takes the shape %s', async (shape, count, expected) => {
    const read = await readNpy(npy(rows('|u1', shape), new Uint8Array(count)));
    expect(read.shape).toEqual(expected);
    expect(read.data.length).toBe(count);
  });

  test('takes the entries in any order', async () => {
    const header = "{'shape': (1,), 'fortran_order': False, 'descr': '|u1'}";
    expect((await readNpy(npy(header, bytes(9)))).data).toEqual(bytes(9));
  });

  test('reads a file, wherever its numbers begin, and owns what it gives', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'a.npy');
      await writeFile(path, npy(`${rows('<f8', '(1,)')}   `, new Uint8Array(8)));
      const { data } = await readNpy(path);
      expect(data).toEqual(Float64Array.of(0));
    }));

  const failure = (source: string | Uint8Array) =>
    readNpy(source).then(
      () => {
        throw new Error('read without an error');
      },
      (error: Error) => error.message,
    );

  test.each<[string, Uint8Array, string]>([
    ['nothing', bytes(), 'an .npy file must begin with \\x93NUMPY, got 0 bytes'],
    ['a page', Buffer.from('<!DOCTYPE html>'), 'got 15 bytes of something else; is it an .npz'],
    ['a start alone', Buffer.from('\x93NUMPY\x01\0', 'latin1'), 'ends within its header, after 8'],
    ['version 3', npy(rows('|u1', '(1,)'), bytes(1), 3), 'must be 1 or 2, got 3'],
    ['objects', npy(rows('|O', '(1,)'), bytes(1)), "got '|O'; convert it in NumPy"],
    ['big-endian numbers', npy(rows('>f8', '(1,)'), new Uint8Array(8)), "got '>f8'"],
    ['short floats', npy(rows('<f2', '(1,)'), bytes(1, 2)), "got '<f2'"],
    [
      'records',
      npy("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (1,), }", new Uint8Array(4)),
      'the header must say descr, one type of plain numbers',
    ],
    ['Fortran order', npy(rows('|u1', '(1,)', 'True'), bytes(1)), 'numpy.ascontiguousarray'],
    [
      'fewer numbers than it says',
      npy(rows('<i4', '(3,)'), new Uint8Array(8)),
      'an array of shape [3] and type <i4 takes 12 bytes, got 8',
    ],
    ['more of them', npy(rows('|u1', '(1,)'), bytes(1, 2)), 'takes 1 bytes, got 2'],
    [
      'a shape beyond all bounds',
      npy(rows('<f8', '(99999999999, 99999999999)'), new Uint8Array(8)),
      'of shape [99999999999, 99999999999] and type <f8 takes',
    ],
    [
      'a whole number beyond doubles',
      npy(rows('<i8', '(1,)'), new Uint8Array(BigInt64Array.of(2n ** 60n).buffer)),
      'whole numbers must lie within ±2^53, got about 1152921504606847000 at place 0',
    ],
    [
      'a header of any length',
      Buffer.from('\x93NUMPY\x02\0\xff\xff\xff\xff12', 'latin1'),
      'the header must be at most 10000 bytes, got a claim of 4294967295',
    ],
    [
      'a header cut short',
      Buffer.from('\x93NUMPY\x01\0\x10\x001234', 'latin1'),
      'the file ends within its header',
    ],
  ])('refuses %s', async (_, file, why) => {
    const message = await failure(file);
    expect(message).toMatch(/^readNpy: the array: /);
    expect(message).toContain(why);
  });

  test('names the file that it cannot read', async () => {
    expect(await failure('/nowhere/a.npy')).toMatch(
      /^readNpy: cannot read \/nowhere\/a.npy: ENOENT/,
    );
    expect(await failure('')).toBe(
      "readNpy: source must be the path of an .npy file or its bytes, got ''",
    );
    expect(await failure(7 as never)).toContain('got 7');
  });
});
