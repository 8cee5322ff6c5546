import * as tf from '@tensorflow/tfjs-core';
import { run } from '../testing/kernels.js';
import { poison } from '../testing/poison.js';

const IMAGES = 7;

/** Any bytes. */
const byte = (i: number): number => (Math.imul(i + 1, 2654435761) >>> 11) & 255;

/** What shows nothing, all, a part turned round, and one row and column of other images. */
const places = ([height, width]: Size, [rows, columns]: Size): number[][] => [
  [3, 0, 0, 1, 0, 0, 0, 0],
  [6, 0, 0, 1, 0, Math.min(rows, height), 0, Math.min(columns, width)],
  [0, -1, width - 1, -1, 1, Math.min(rows, height + 1), 0, Math.min(columns, width)],
  [5, height - 1, width - 1 - (columns - 1), 1, 0, 1, columns - 1, columns],
];

describe('BclTakeImages', () => {
  test.each<[Shape, Size]>([
    [
      [4, 4, 1],
      [4, 4],
    ],
    [
      [5, 3, 1],
      [4, 6],
    ],
    [
      [3, 7, 2],
      [5, 2],
    ],
    [
      [5, 5, 3],
      [5, 5],
    ],
    [
      [1, 1, 1],
      [1, 1],
    ],
    [
      [33, 9, 4],
      [30, 12],
    ],
  ])('looks up the bytes that places show, %j to %j', async (shape, size) => {
    const entries = 256 * shape[2];
    const table = Float32Array.from({ length: entries }, (_, i) => i + 0.5);
    const got = await take(shape, size, { table: tf.tensor2d(table, [1, entries]) });
    expect(got).toEqual(expected(shape, size, (b, c) => table[256 * c + b] as number));
  });

  test.each<[Shape, Size]>([
    [
      [5, 3, 1],
      [4, 6],
    ],
    [
      [4, 3, 3],
      [4, 3],
    ],
  ])('takes from both parts what the image has of its own, %j to %j', async (shape, size) => {
    const channels = shape[2];
    const entries = 256 * channels;
    // Wholes that float32 holds, and rests far below their last digit: added in another order they are lost.
    const table = Float32Array.from({ length: 2 * entries }, (_, i) =>
      i < entries ? i + 2 ** 20 : i * 2 ** -32,
    );
    const shifts = Float32Array.from({ length: IMAGES * 2 * channels }, (_, i) =>
      i % (2 * channels) < channels ? 2 ** 20 + i : i * 2 ** -30,
    );
    const got = await take(shape, size, {
      table: tf.tensor2d(table, [2, entries]),
      shifts: tf.tensor3d(shifts, [IMAGES, 2, channels]),
    });
    const at = (values: Float32Array, i: number): number => values[i] as number;
    const wanted = expected(shape, size, (b, c, image) => {
      const [entry, own] = [256 * c + b, 2 * channels * image + c];
      const rest = at(table, entries + entry) - at(shifts, own + channels);
      return Math.fround(at(table, entry) - at(shifts, own) + Math.fround(rest));
    });
    expect(got).toEqual(wanted);
  });

  test('makes one tensor and keeps its operands', async () => {
    const words = tf.tensor1d(Int32Array.of(0x04030201), 'int32');
    const table = tf.tensor2d(
      new Float32Array(256).map((_, i) => 2 * i),
      [1, 256],
    );
    const where = tf.tensor2d([[0, 0, 1, -1, 0, 2, 0, 2]], [1, 8], 'int32');
    const before = [tf.memory().numTensors, tf.engine().backend.numDataIds()];
    const [y] = run(
      'BclTakeImages',
      { words, table, places: where },
      { shape: [2, 2, 1], size: [2, 2] },
    );
    expect(await y?.data()).toEqual(Float32Array.of(4, 2, 8, 6));
    expect(await words.data()).toEqual(Int32Array.of(0x04030201));
    expect(await where.data()).toEqual(Int32Array.of(0, 0, 1, -1, 0, 2, 0, 2));
    y?.dispose();
    expect([tf.memory().numTensors, tf.engine().backend.numDataIds()]).toEqual(before);
  });
});

type Shape = [height: number, width: number, channels: number];
type Size = [height: number, width: number];

/** What the kernel makes of images of a shape, from memory that held NaN before. */
async function take(
  shape: Shape,
  size: Size,
  tensors: { table: tf.Tensor; shifts?: tf.Tensor },
): Promise<Float32Array> {
  const shown = places([shape[0], shape[1]], size);
  const bytes = new Uint8Array(4 * Math.ceil((IMAGES * shape[0] * shape[1] * shape[2]) / 4));
  const words = tf.tensor1d(new Int32Array(bytes.map((_, i) => byte(i)).buffer), 'int32');
  const where = tf.tensor2d(shown, [shown.length, 8], 'int32');
  await poison(shown.length * size[0] * size[1] * shape[2]);
  const [y] = run('BclTakeImages', { words, places: where, ...tensors }, { shape, size });
  expect(y?.shape).toEqual([shown.length, ...size, shape[2]]);
  const values = (await (y as tf.Tensor).data()) as Float32Array;
  tf.dispose([words, where, y as tf.Tensor]);
  return values;
}

/** The same in plain loops. */
function expected(
  [height, width, channels]: Shape,
  [rows, columns]: Size,
  value: (byte: number, channel: number, image: number) => number,
): Float32Array {
  const shown = places([height, width], [rows, columns]);
  const to: number[] = [];
  for (const place of shown) {
    const [image, top, left, step, y0, y1, x0, x1] = place as Eight;
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const pixel = (image * height + top + y) * width + left + step * x;
        const seen = y >= y0 && y < y1 && x >= x0 && x < x1;
        for (let c = 0; c < channels; c++) {
          to.push(seen ? value(byte(pixel * channels + c), c, image) : 0);
        }
      }
    }
  }
  return Float32Array.from(to);
}

type Eight = [number, number, number, number, number, number, number, number];
