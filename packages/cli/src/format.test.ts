import { duration, invocation, percent, shellWord } from './format.js';

test.each([
  [0.93214, '93.21 %'],
  [1, '100.00 %'],
])('percent of %p is %s', (share, text) => {
  expect(percent(share)).toBe(text);
});

test.each([
  [-1, '0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 0 s'],
  [125, '2 min 5 s'],
  [3599.9, '1 h 0 min'],
  [4800, '1 h 20 min'],
])('duration of %p is %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  ['runs/convnet-bc+-1', 'runs/convnet-bc+-1'],
  ['my runs', "'my runs'"],
  ["it's", "'it'\\''s'"],
])('shellWord of %s is %s', (text, word) => {
  expect(shellWord(text)).toBe(word);
});

test('invocation is npm start inside of npm start, else bcl', () => {
  const before = process.env.npm_lifecycle_event;
  process.env.npm_lifecycle_event = 'start';
  expect(invocation()).toBe('npm start --');
  process.env.npm_lifecycle_event = 'test';
  expect(invocation()).toBe('bcl');
  if (before === undefined) delete process.env.npm_lifecycle_event;
  else process.env.npm_lifecycle_event = before;
});
