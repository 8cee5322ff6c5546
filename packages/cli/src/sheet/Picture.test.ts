import { enlarged, pictures } from './Picture.js';

describe('pictures', () => {
  test('rounds, clamps, and takes a batch apart', () => {
    const [first, second] = pictures([-3, 1.6, 300, 7, 8, 9], [1, 1, 3]);
    expect(first).toEqual({ width: 1, height: 1, data: Uint8Array.of(0, 2, 255) });
    expect(second?.data).toEqual(Uint8Array.of(7, 8, 9));
  });

  test('makes grey ones of one channel', () => {
    const [picture] = pictures([5, 6], [2, 1, 1]);
    expect(picture).toEqual({ width: 1, height: 2, data: Uint8Array.of(5, 5, 5, 6, 6, 6) });
  });
});

test('enlarged makes a square of each pixel', () => {
  const data = Uint8Array.of(1, 2, 3, 4, 5, 6);
  expect(enlarged({ width: 2, height: 1, data }, 2)).toEqual({
    width: 4,
    height: 2,
    data: Uint8Array.of(
      ...[1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6],
      ...[1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6],
    ),
  });
});
