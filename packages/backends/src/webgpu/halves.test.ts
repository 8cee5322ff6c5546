import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { largest, normals } from '../testing/kernels.js';
import { poison } from '../testing/poison.js';
import { halves } from './halves.js';
import type { WebgpuBackend } from './webgpuKernel.js';

/** Stores numbers in halves, and reads them back: as numbers of float16 times a power of two, and the largest magnitude. */
async function stored(numbers: Float32Array | Int32Array) {
  const backend = tf.backend() as WebgpuBackend;
  const words = Math.ceil(numbers.length / 2);
  await poison(words, 1);
  const x = tf.tensor(numbers);
  const before = backend.numDataIds();
  const made = halves(backend, x);
  expect(backend.numDataIds()).toBe(before + 2);
  expect([made.words.shape, made.greatest.shape]).toEqual([[words], [1]]);
  const [pairs, bits] = (await Promise.all(
    [made.words, made.greatest].map(({ dataId }) => backend.read(dataId)),
  )) as [Int32Array, Int32Array];
  for (const { dataId } of Object.values(made)) backend.disposeData(dataId);
  x.dispose();
  const float16 = new Uint16Array(pairs.buffer, pairs.byteOffset, 2 * words);
  return {
    values: Array.from(float16.subarray(0, numbers.length), fromFloat16),
    beyond: Array.from(float16.subarray(numbers.length)),
    greatest: new Float32Array(bits.buffer, bits.byteOffset, 1)[0] as number,
  };
}

/** IEEE 754 binary16. */
function fromFloat16(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const magnitude =
    exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits >> 15 ? -magnitude : magnitude;
}

async function expectKept(numbers: Float32Array): Promise<void> {
  const { values, beyond, greatest } = await stored(numbers);
  expect(greatest).toBe(largest(numbers));
  expect(beyond.every((bits) => bits === 0)).toBe(true);
  const scale = 2 ** Math.min(125, 14 - Math.floor(Math.log2(greatest)));
  values.forEach((value, i) => {
    const x = numbers[i] as number;
    const off = Math.abs(value / scale - x);
    if (!(off <= Math.abs(x) * 2 ** -11 + greatest * 2 ** -28)) {
      throw new Error(`${x} became ${value / scale}, the greatest being ${greatest}`);
    }
  });
}

test('halves keep eleven bits of numbers of any size, the large ones', async () => {
  const number = fc.tuple(
    fc.double({ min: 1, max: 2, noNaN: true }),
    fc.integer({ max: 0, min: -30 }),
    fc.boolean(),
  );
  const numbers = fc.tuple(
    fc.array(number, { minLength: 1, maxLength: 40 }),
    fc.integer({ min: -80, max: 100 }),
  );
  await fc.assert(
    fc.asyncProperty(numbers, ([parts, shift]) =>
      expectKept(Float32Array.from(parts, ([m, e, minus]) => (minus ? -m : m) * 2 ** (e + shift))),
    ),
    { numRuns: 50 },
  );
}, 60_000);

test.each<[string, Float32Array]>([
  ['one number', Float32Array.of(-3)],
  ['powers of two', Float32Array.of(1, 0.5, 2, -4)],
  ['a number just below a power of two', Float32Array.of(1.9999999, 0.3)],
  ['an odd count in one part', normals(4095, 3)],
  ['two parts', normals(4097, 4)],
  ['many parts', normals(4096 * 600 + 3, 5, 0, 1e-7)],
  ['numbers near the end of float32', Float32Array.of(3.4e38, -1e38, 1)],
  ['numbers near its other end', Float32Array.of(3e-36, -2e-34)],
])('halves keep %s', async (_, numbers) => {
  await expectKept(numbers);
});

test('halves find the greatest wherever it is', async () => {
  for (const at of [0, 4095, 4096, 9000, 12_287]) {
    const numbers = normals(12_288, 6);
    numbers[at] = -1234;
    expect((await stored(numbers)).greatest).toBe(1234);
  }
});

test('halves find the greatest of whole numbers in any order with others', async () => {
  const whole = Int32Array.from({ length: 9000 }, (_, i) => i - 100);
  for (const numbers of [Float32Array.from(whole), whole, Float32Array.from(whole), whole]) {
    const { values, greatest } = await stored(numbers);
    expect(greatest).toBe(8899);
    expect(values[0]).toBe(-200);
  }
});

test('halves of zeros are zeros', async () => {
  const { values, greatest } = await stored(new Float32Array(9));
  expect(values).toEqual(Array(9).fill(0));
  expect(greatest).toBe(0);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  'halves tell of %d',
  async (bad) => {
    const numbers = normals(9000, 7);
    numbers[8999] = bad;
    expect((await stored(numbers)).greatest).toBe(Math.abs(bad));
  },
);
