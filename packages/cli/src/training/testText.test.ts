import type { TestResult } from '@bcl/trainer';
import { classText, testText } from './testText.js';

const result = (confusion: number[][]): TestResult => {
  const count = confusion.flat().reduce((sum, n) => sum + n, 0);
  const perClass = confusion.map((row, i) => {
    const images = row.reduce((sum, n) => sum + n, 0);
    return images > 0 ? (row[i] as number) / images : null;
  });
  return {
    count,
    accuracy: 0.93214,
    top5: 0.99,
    loss: 0.25,
    nll: 0.25,
    calibrationError: 0.0125,
    calibration: [],
    perClass,
    confusion,
    mixed: null,
  };
};
const three = result([
  [8, 2, 0],
  [1, 1, 2],
  [0, 0, 5],
]);

describe('testText', () => {
  test('begins with the accuracy and leaves out what says nothing', () => {
    expect(testText(three, ['cat', 'dog', 'ship'])).toEqual([
      'accuracy: 93.21 %',
      'loss: 0.2500',
      'calibration error: 1.25 %',
    ]);
  });

  test('shows the top five of more classes, and the likelihood where the loss is another number', () => {
    expect(testText({ ...three, loss: 0.5 }, ['a', 'b', 'c', 'd', 'e', 'f'])).toEqual([
      'accuracy: 93.21 %',
      'top 5: 99.00 %',
      'loss: 0.5000',
      'negative log likelihood: 0.2500',
      'calibration error: 1.25 %',
    ]);
  });
});

test('testText tells of soft labels where there are such', () => {
  const { loss: _, ...metrics } = three;
  const soft = { ...metrics, nll: 0.5, entropy: 0.125, calibrationError: 0.25 };
  expect(testText({ ...three, soft }, ['cat', 'dog', 'ship']).slice(-2)).toEqual([
    'cross-entropy against soft labels: 0.5000 (their own entropy: 0.1250)',
    'calibration error against them: 25.00 %',
  ]);
});

describe('classText', () => {
  test('is a table of the classes', () => {
    expect(classText(three, ['cat', 'dog', 'ship'])).toEqual([
      'class   images     found   most often taken for',
      'cat         10    80.0 %   dog 20.0 %',
      'dog          4    25.0 %   ship 50.0 %',
      'ship         5   100.0 %',
    ]);
  });

  test('shows the ten found least of many, and none without images', () => {
    const many = Array.from({ length: 30 }, (_, i) =>
      Array.from({ length: 30 }, (_, j) => (i === 29 ? 0 : i === j ? 29 - i : j === 29 ? i : 0)),
    );
    const lines = classText(
      result(many),
      many.map((_, i) => `class ${i}`),
    );
    expect(lines[0]).toMatch(/^the 10 classes found least /);
    expect(lines).toHaveLength(11);
    expect(lines[1]).toMatch(/^class 28 +29 +3\.4 % +class 29 96\.6 %$/);
  });
});
