import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAddon } from './buildAddon.js';
import { libraryVersion } from './tryAddon.js';

const own = { CXX: process.env.CXX, PATH: process.env.PATH };
let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bcl-addon-')));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['CXX', 'PATH'] as const) {
    const value = own[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const build = () =>
  buildAddon(folder, { folder, include: join(folder, 'include') }, 8, join(folder, 'addon.node'));

describe('buildAddon', () => {
  test('says that there is no compiler, and how to get one', () => {
    delete process.env.CXX;
    process.env.PATH = folder;
    expect(build).toThrow(
      'doctor: --link-tensorflow needs a C++ compiler, and none of g++, c++, clang++ is found; apt-get install g++, or name one by CXX',
    );
  });

  test('says that the compiler which CXX names is not there', () => {
    process.env.CXX = 'no-such-compiler -m64';
    expect(build).toThrow(
      'doctor: the C++ compiler that CXX names, no-such-compiler -m64, is not found',
    );
  });

  test('passes on the first thing that the compiler complains of', () => {
    const compiler = join(folder, 'compiler');
    const script =
      '#!/bin/sh\necho "binding.cc: In function f" >&2\necho "binding.cc:1: error: $1" >&2\nexit 1\n';
    writeFileSync(compiler, script, { mode: 0o755 });
    process.env.CXX = `${compiler} --first`;
    expect(build).toThrow(
      `doctor: ${compiler} --first cannot build the addon: binding.cc:1: error: --first; are the headers and the libraries of one TensorFlow, for this processor?`,
    );
  });
});

describe('libraryVersion', () => {
  test('says why a file does not load', () => {
    const file = join(folder, 'no.node');
    writeFileSync(file, 'no addon');
    expect(() => libraryVersion(file)).toThrow(/no\.node: (file too short|invalid ELF header)/);
  });
});
