import { importOptional } from './importOptional.js';

describe('importOptional', () => {
  test('gives the package', async () => {
    const path = await importOptional('f', 'node:path', 'this', () => import('node:path'));
    expect(path.join('a', 'b')).toBe('a/b');
  });

  test('says what to install when it is missing', async () => {
    const name = 'not-a-package';
    await expect(
      importOptional('imageFolder', name, 'decoding images', () => import(name)),
    ).rejects.toThrow(
      'imageFolder: decoding images needs the package not-a-package, which is not installed; npm install not-a-package',
    );
  });

  test('says why when it cannot be loaded', async () => {
    const load = async () => {
      throw new Error('wrong platform');
    };
    await expect(importOptional('f', 'sharp', 'this', load)).rejects.toThrow(
      'f: this needs the package sharp, which cannot be loaded: wrong platform',
    );
  });
});
