import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { cacheFolder } from './cacheFolder.js';

describe('cacheFolder', () => {
  const { BCL_HOME, XDG_CACHE_HOME } = process.env;
  afterEach(() => {
    for (const [name, value] of Object.entries({ BCL_HOME, XDG_CACHE_HOME })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test('is where BCL_HOME says', () => {
    process.env.BCL_HOME = '/data/bcl';
    expect(cacheFolder()).toBe(resolve('/data/bcl/datasets'));
    process.env.BCL_HOME = 'here';
    expect(cacheFolder()).toBe(resolve('here', 'datasets'));
  });

  const linux = process.platform === 'linux' ? test : test.skip;
  linux("is else in the user's cache", () => {
    delete process.env.BCL_HOME;
    delete process.env.XDG_CACHE_HOME;
    expect(cacheFolder()).toBe(join(homedir(), '.cache', 'bcl', 'datasets'));
    process.env.BCL_HOME = '';
    expect(cacheFolder()).toBe(join(homedir(), '.cache', 'bcl', 'datasets'));
  });
});
