import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { transformSync } from '@swc/core';
import * as tf from '@tensorflow/tfjs-core';

// Every ```ts block of a README or of a doc comment runs, each by itself, and what it says is asserted:
//
//     expression;             // => value
//     const name = expression; // => value
//
// Tensors are read, typed arrays are compared as arrays, and numbers as float32 does: to about 5 digits.

const root = resolve(__dirname, '..');
const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name));
const files = [
  join(root, 'README.md'),
  ...packages.flatMap((home) => [join(home, 'README.md'), ...sources(join(home, 'src'))]),
].filter((file) => existsSync(file));

const blocks = files.flatMap((file) => {
  const text = readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  const found = file.endsWith('.md') ? [text] : docComments(text);
  return found
    .flatMap((part) => [...part.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code))
    .map((code, i) => ({ name: `${relative(root, file)} #${i + 1}`, file, code }));
});

test.each(blocks)('$name', async ({ file, code }) => {
  const { code: script } = transformSync(asserting(code), {
    module: { type: 'commonjs', ignoreDynamic: false },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  });
  const run = new Function('require', 'exports', '__check', `return (async () => {${script}\n})()`);
  await run(requireFrom(file), {}, async (actual: unknown, expected: unknown) => {
    expect(close(await plain(actual), await plain(expected))).toEqual(await plain(expected));
  });
});

describe('a block of a README', () => {
  test('has what it says asserted', () => {
    expect(asserting('f(1); // => [1, 2]')).toBe('await __check(f(1), [1, 2]);');
    expect(asserting('  await g(); // => 3')).toBe('  await __check(await g(), 3);');
    expect(asserting('const a = f(1); // => 1')).toBe('const a = f(1); await __check(a, 1);');
    expect(asserting("const url = 'http://x'; // here")).toBe("const url = 'http://x'; // here");
  });

  test('is compared as float32 and not more loosely', async () => {
    const third = tf.scalar(1 / 3);
    expect(close(await plain({ a: [third] }), { a: [1 / 3] })).toEqual({ a: [1 / 3] });
    expect(close([0.1004], [0.1])).toEqual([0.1004]);
    expect(close([1, 2], [1])).toEqual([1, 2]);
    expect(close('1', 1)).toBe('1');
  });
});

/** All of a package's own TypeScript, tests apart. */
function sources(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .filter((name) => !/(^|[\\/])generated[\\/]/.test(name))
    .map((name) => join(folder, name));
}

/** The texts of all doc comments, without their stars. */
function docComments(source: string): string[] {
  return [...source.matchAll(/\/\*\*([\s\S]*?)\*\//g)].map(([, text = '']) =>
    text.replace(/^[ \t]*\* ?/gm, ''),
  );
}

/** Turns `expression; // => value` into an assertion. */
function asserting(code: string): string {
  return code.replace(
    /^([ \t]*)(?:(const|let) (\w+)(?:: [^=]+)? = )?(\S.*?);?[ \t]*\/\/ => (.*)$/gm,
    (line, indent, keyword, name, expression, value) =>
      keyword
        ? `${line.slice(0, line.lastIndexOf('// =>')).trimEnd()} await __check(${name}, ${value});`
        : `${indent}await __check(${expression}, ${value});`,
  );
}

/** Resolves as the file itself would; and our packages by their names from anywhere, for the root's README. */
function requireFrom(file: string): (id: string) => unknown {
  const own = createRequire(file);
  return (id) => {
    const ours = /^@bcl\/([^/]+)/.exec(id)?.[1];
    if (ours) return createRequire(join(root, 'packages', ours, 'package.json'))(id);
    return file === join(root, 'README.md')
      ? createRequire(join(root, 'packages', 'trainer', 'package.json'))(id)
      : own(id);
  };
}

/** Tensors and typed arrays as plain arrays, however deep they are. */
async function plain(value: unknown): Promise<unknown> {
  if (value instanceof tf.Tensor) return value.array();
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).map(async ([key, each]) => [key, await plain(each)]);
    return Object.fromEntries(await Promise.all(entries));
  }
  return value;
}

/** The actual value, with the numbers that are close enough to the expected ones replaced by those. */
function close(actual: unknown, expected: unknown): unknown {
  if (typeof actual === 'number' && typeof expected === 'number') {
    const near = Math.abs(actual - expected) <= 1e-6 + 1e-5 * Math.abs(expected);
    return near ? expected : actual;
  }
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.map((each, i) => close(each, expected[i]));
  }
  if (isObject(actual) && isObject(expected)) {
    return Object.fromEntries(
      Object.entries(actual).map(([key, each]) => [key, close(each, expected[key])]),
    );
  }
  return actual;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
