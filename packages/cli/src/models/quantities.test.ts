import { bytes, metric, shapeText } from './quantities.js';

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1.00 k'],
  [68862592, '68.9 M'],
  [233515008, '234 M'],
  [999_499_999, '999 M'],
  [999_500_000, '1.00 G'],
  [1814073344, '1.81 G'],
])('metric(%p) is %p', (value, text) => expect(metric(value)).toBe(text));

test.each([
  [512, '512 B'],
  [1024, '1.00 KiB'],
  [44739242, '42.7 MiB'],
  [2 ** 30 - 1, '1.00 GiB'],
  [3 * 2 ** 40, '3.00 TiB'],
])('bytes(%p) is %p', (value, text) => expect(bytes(value)).toBe(text));

test('shapeText puts signs between sizes', () => {
  expect(shapeText([32, 32, 3])).toBe('32 × 32 × 3');
  expect(shapeText([24014])).toBe('24014');
});
