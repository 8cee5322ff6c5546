import { attackOf, attackText } from './attackOf.js';

test.each([
  [{ attack: 'fgsm' }, 'fgsm, epsilon 2/255'],
  [{ attack: 'fgsm', epsilon: 0.5 }, 'fgsm, epsilon 127.5/255'],
  [{ attack: 'pgd', epsilon: 8 / 255 }, 'pgd, epsilon 8/255, 10 steps of 2/255'],
  [
    { attack: 'pgd', epsilon: 8 / 255, steps: 3, stepSize: 1 / 255 },
    'pgd, epsilon 8/255, 3 steps of 1/255',
  ],
] as const)('%j is %s', (flags, text) => {
  const attack = attackOf(flags);
  expect(attack && attackText(attack)).toBe(text);
});

test('no flags are no attack, and flags that go with none are refused', () => {
  expect(attackOf({})).toBeUndefined();
  expect(() => attackOf({ epsilon: 0.1 })).toThrow(
    'test: --epsilon is of an attack; add --attack fgsm or --attack pgd',
  );
  expect(() => attackOf({ attack: 'fgsm', steps: 3 })).toThrow(
    'test: --steps and --step-size are of --attack pgd; add that, or leave them out',
  );
});
