import { interval, numbers, whichCheckpoint } from './parse.js';

test.each([
  ['500', { steps: 500 }],
  ['30s', { minutes: 0.5 }],
  ['10min', { minutes: 10 }],
  ['1.5 h', { minutes: 90 }],
])('interval reads %s', (text, expected) => {
  expect(interval(text)).toEqual(expected);
});

test('numbers reads a list', () => {
  expect(numbers('100,150, 0.75')).toEqual([100, 150, 0.75]);
});

test.each([
  ['last', 'last'],
  ['best', 'best'],
  ['20', 20],
])('whichCheckpoint reads %s', (text, expected) => {
  expect(whichCheckpoint(text)).toBe(expected);
});
