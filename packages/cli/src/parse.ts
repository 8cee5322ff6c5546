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

/** How often: a number of steps, as `500`, or a time, as `90s`, `10min` or `1h`. */
export function interval(text: string): { steps: number } | { minutes: number } {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?(s|min|h)?$/.exec(text.trim()) ?? [];
  const value = Number(amount);
  if (!(value > 0) || (unit === undefined && !Number.isSafeInteger(value))) {
    throw new InvalidArgumentError('It must be a number of steps, as 500, or a time, as 10min.');
  }
  if (unit === undefined) return { steps: value };
  return { minutes: value * { s: 1 / 60, min: 1, h: 60 }[unit as 's' | 'min' | 'h'] };
}

/** One of some names. */
export function oneOf<T extends string>(names: readonly T[]): Parser<T> {
  return (text) => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw new InvalidArgumentError(suggestion(text, names));
    return found;
  };
}

/** A checkpoint of a run: the last, the best, or that of an epoch. */
export function whichCheckpoint(text: string): 'last' | 'best' | number {
  if (text === 'last' || text === 'best') return text;
  const epoch = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(epoch) || epoch < 1) {
    throw new InvalidArgumentError("It must be 'last', 'best' or the number of an epoch.");
  }
  return epoch;
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
