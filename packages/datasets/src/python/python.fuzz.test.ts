import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fuzz } from '../fixtures/fuzz.js';
import { measured } from '../fixtures/memory.js';
import { npy } from '../fixtures/npy.js';
import { readNpy } from './readNpy.js';
import { unpickle } from './unpickle.js';

// Ten thousand files take their time on a busy machine.
jest.setTimeout(300_000);

// Damaged files are read or refused by the reader's own error; they neither hang it nor fill the memory.

const mebibyte = 2 ** 20;
const folder = join(__dirname, '..', 'fixtures', 'pickles');
const pickles = readdirSync(folder)
  .filter((name) => /^(values|meta10)-/.test(name))
  .map((name) => readFileSync(join(folder, name)));

describe('damaged files', () => {
  test('of Python pickles are read or refused', async () => {
    const { read, most } = measured((bytes) => unpickle(bytes, 'reader: file'));
    const refused = await fuzz(pickles, read, {
      count: 12_000,
      seed: 'pickle',
      named: ({ message }) => message.startsWith('reader: file: '),
    });
    expect(refused).toBeGreaterThan(6000);
    expect(refused).toBeLessThan(12_000);
    expect(most()).toBeLessThan(8 * mebibyte);
  });

  test('of NumPy arrays are read or refused', async () => {
    const header = (type: string, shape: string) =>
      `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }`;
    const files = [
      npy(header('|u1', '3, 2'), new Uint8Array(6)),
      npy(header('<i4', '2,'), new Uint8Array(8)),
      npy(header('<f4', '1, 2'), new Uint8Array(8), 2),
      npy(header('<f8', '2,'), new Uint8Array(16)),
      npy(header('<i8', '2, 1').padEnd(117), new Uint8Array(16), 2),
    ];
    const { read, most } = measured(readNpy);
    const refused = await fuzz(files, read, {
      count: 12_000,
      seed: 'npy',
      named: ({ message }) => message.startsWith('readNpy: the array: '),
    });
    expect(refused).toBeGreaterThan(6000);
    expect(refused).toBeLessThan(12_000);
    expect(most()).toBeLessThan(8 * mebibyte);
  });
});
