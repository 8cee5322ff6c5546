import { StoredTensor } from './StoredTensor.js';
import type { StoredType } from './storedTypes.js';

/** A tensor with one axis out of a typed array. */
function stored(dtype: StoredType, array: ArrayBufferView & { length: number }): StoredTensor {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return new StoredTensor('x', dtype, [array.length], { bytes, offset: 0, strides: [1] });
}

describe('StoredTensor', () => {
  // numpy.array([bits], 'u2').view('f2')
  test.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])('reads the float16 %p', (bits, value) => {
    expect(stored('float16', Uint16Array.of(bits)).values()).toEqual(Float32Array.of(value));
  });

  test('reads bfloat16 as the upper half of a float32', () => {
    const floats = Float32Array.of(1, -2.5, 2 ** -133, Number.NEGATIVE_INFINITY, -0);
    const upper = new Uint16Array(floats.buffer).filter((_, i) => i % 2 === 1);
    expect(stored('bfloat16', upper).values()).toEqual(floats);
  });

  test('keeps all digits, and narrows when asked', () => {
    const doubles = stored('float64', Float64Array.of(1 / 3, 1e300));
    expect(doubles.values()).toEqual(Float64Array.of(1 / 3, 1e300));
    expect(doubles.narrowed()).toEqual(Float32Array.of(1 / 3, Number.POSITIVE_INFINITY));
    const longs = stored('int64', BigInt64Array.of(-5n, 2n ** 31n - 1n));
    expect(longs.values()).toEqual(BigInt64Array.of(-5n, 2n ** 31n - 1n));
    expect(longs.narrowed()).toEqual(Int32Array.of(-5, 2 ** 31 - 1));
    for (const [dtype, array] of [
      ['int8', Int8Array.of(-128, 127)],
      ['int16', Int16Array.of(-32768, 1)],
      ['uint8', Uint8Array.of(255, 0)],
      ['uint16', Uint16Array.of(65535, 0)],
      ['bool', Uint8Array.of(1, 0)],
    ] as const) {
      expect(stored(dtype, array).narrowed()).toEqual(Int32Array.from(array));
    }
  });

  test.each([
    ['int64', BigInt64Array.of(0n, 4294967303n), '4294967303 (int64) at place 1'],
    ['uint64', BigUint64Array.of(2n ** 63n), '9223372036854775808 (uint64) at place 0'],
    ['uint32', Uint32Array.of(2 ** 31), '2147483648 (uint32) at place 0'],
  ] as const)('does not cut off an %s that int32 cannot hold', (dtype, array, what) => {
    expect(() => stored(dtype, array).narrowed()).toThrow(
      new RangeError(
        `StoredTensor.narrowed: values of x must fit into int32, got ${what}; take values() instead`,
      ),
    );
  });

  test('walks with any strides, and reads at odd addresses', () => {
    const floats = Float32Array.from({ length: 24 }, (_, i) => i);
    const odd = new Uint8Array(97);
    odd.set(new Uint8Array(floats.buffer), 1);
    // numpy: numpy.arange(24, dtype='f4')[2:].reshape… as_strided(shape, strides · 4)
    const cases = [
      { shape: [2, 3], strides: [3, 1], offset: 2, values: [2, 3, 4, 5, 6, 7] },
      { shape: [3, 2], strides: [1, 3], offset: 0, values: [0, 3, 1, 4, 2, 5] },
      { shape: [2, 1, 2], strides: [8, 5, 4], offset: 1, values: [1, 5, 9, 13] },
      { shape: [2, 2], strides: [0, 0], offset: 23, values: [23, 23, 23, 23] },
      { shape: [], strides: [], offset: 7, values: [7] },
      { shape: [2, 0], strides: [1, 1], offset: 24, values: [] },
    ];
    for (const bytes of [new Uint8Array(floats.buffer), odd.subarray(1)]) {
      for (const { shape, strides, offset, values } of cases) {
        const tensor = new StoredTensor('x', 'float32', shape, { bytes, offset, strides });
        expect(tensor.values()).toEqual(Float32Array.from(values));
        expect(tensor.size).toBe(values.length);
      }
    }
  });
});
