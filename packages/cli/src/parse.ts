import { InvalidArgumentError } from 'commander';
import { suggestion } from './names.js';

/** Parses an option's value; what it throws names the option. */
type Parser<T> = (text: string) => T;

/** A whole number from `least` up. */
export function wholeNumber(least: number): Parser<number> {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number from ${least} up.`);
    }
    return value;
  };
}

/** A number that a rule admits; `what` says the rule. */
export function number(what: string, admits: (value: number) => boolean): Parser<number> {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || !admits(value)) {
      throw new InvalidArgumentError(`It must be a number ${what}.`);
    }
    return value;
  };
}

/** Numbers above 0 with commas between them. */
export function numbers(text: string): number[] {
  return text.split(',').map((part) => {
    const value = Number(part);
    if (part.trim() === '' || !Number.isFinite(value) || value <= 0) {
      throw new InvalidArgumentError('It must be numbers above 0, as 100,150,200.');
    }
    return value;
  });
}

/** A share from 0 to 1, written as a number or as a fraction of two. */
export function fraction(text: string): number {
  const [above = '', below = '1', ...more] = text.split('/');
  const value = Number(above) / Number(below);
  const written = [above, below].every((part) => part.trim() !== '') && more.length === 0;
  if (!written || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError('It must be from 0 to 1, as 2/255.');
  }
  return value;
}

/** One of some names. */
export function oneOf<T extends string>(names: readonly T[]): Parser<T> {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw new InvalidArgumentError(suggestion(text, names));
    return found;
  };
}

/** A number of threads, or `auto`. */
export function threads(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError("It must be a whole number from 1 up, or 'auto'.");
  }
  return value;
}
