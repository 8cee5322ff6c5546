import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namedDatasets, type PublishedFile } from '@bcl/datasets';
import { bcl } from '../fixtures/bcl.js';

const content = Buffer.from('what stands for images and labels');
const published = namedDatasets.get('cifar10.1')?.files as readonly PublishedFile[];
const before = published.map((file) => ({ ...file }));
let home: string;
let server: Server;
let mirror: string;
let asked: string[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bcl-data-'));
  process.env.BCL_HOME = home;
  // A small file stands for each that is published.
  for (const file of published) {
    const sha256 = createHash('sha256').update(content).digest('hex');
    Object.assign(file, { bytes: content.length, sha256 });
  }
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url as string);
    if (request.url?.includes('v6')) response.end(content);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(async () => {
  for (const [i, file] of published.entries()) Object.assign(file, before[i]);
  delete process.env.BCL_HOME;
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  await rm(home, { recursive: true });
});

const [images, labels] = published.map(({ name }) => name) as [string, string];
const pathOf = (name: string) => join(home, 'datasets', name);

describe('bcl data', () => {
  test('downloads, lists and verifies what it downloaded', async () => {
    expect((await bcl('data', 'list')).out).toMatch(
      /^cifar10\.1 +0\.0 MB {2}no {3,}CIFAR-10\.1, /m,
    );
    const first = await bcl('data', 'download', 'cifar10.1', '--mirror', mirror);
    expect(first).toEqual({
      code: 0,
      out: [
        `  downloading ${images}  0 % of 0.0 MB\n  downloading ${images}  100 % of 0.0 MB\n`,
        `  checking ${images}\ncifar10.1: ${pathOf(images)}\n`,
        `  downloading ${labels}  0 % of 0.0 MB\n  downloading ${labels}  100 % of 0.0 MB\n`,
        `  checking ${labels}\ncifar10.1: ${pathOf(labels)}\n`,
      ].join(''),
      err: '',
    });
    expect(asked).toEqual([`/${images}`, `/${labels}`]);
    expect(await readFile(pathOf(images))).toEqual(content);
    const { out } = await bcl('data', 'list');
    expect(out).toMatch(/^cifar10\.1 +0\.0 MB {2}here {2}CIFAR-10\.1, /m);
    expect(out).toContain(`downloads are kept in ${join(home, 'datasets')}\n`);
    expect(await bcl('data', 'verify')).toEqual({
      code: 0,
      out: `right  ${pathOf(images)}\nright  ${pathOf(labels)}\n`,
      err: '',
    });
  });

  test('keeps what is here and right, and brings anew what is damaged', async () => {
    await bcl('data', 'download', 'cifar10.1', '--mirror', mirror);
    const damaged = Buffer.from(content);
    damaged[3] = 0;
    await writeFile(pathOf(labels), damaged);
    const { code, out, err } = await bcl('data', 'verify', 'cifar10.1');
    expect(code).toBe(1);
    expect(out).toBe(`right  ${pathOf(images)}\nwrong  ${pathOf(labels)}\n`);
    expect(err).toMatch(
      /^error: data verify: cifar10\.1_v6_labels\.npy: expected the sha256 \w{64}, got \w{64}; download again: bcl data download cifar10\.1\n$/,
    );
    const again = await bcl('data', 'download', 'cifar10.1', '--mirror', mirror);
    expect(again.out).toContain(`cifar10.1: ${pathOf(images)} is here and right\n`);
    expect(again.out).toMatch(
      /labels\.npy is damaged: expected the sha256 .*; downloading it again/,
    );
    expect(asked).toHaveLength(3);
    expect(await readFile(pathOf(labels))).toEqual(content);
  });

  test('tells what was begun, and what is absent', async () => {
    await bcl('data', 'download', 'cifar10.1', '--mirror', mirror);
    await rm(pathOf(images));
    await writeFile(`${pathOf(images)}.part`, content.subarray(0, 11));
    expect((await bcl('data', 'list')).out).toMatch(/^cifar10\.1 +0\.0 MB {2}67 % {2}/m);
    const { out } = await bcl('data', 'verify');
    expect(out).toBe(`begun, 33 %  ${pathOf(images)}\nright  ${pathOf(labels)}\n`);
    const absent = await bcl('data', 'verify', 'cifar10h');
    expect(absent.code).toBe(0);
    expect(absent.out).toMatch(
      /^absent {2}.*cifar10h-probs\.npy\nabsent {2}.*cifar-10-binary\.tar\.gz\n/,
    );
  });

  test('says so where there is nothing', async () => {
    expect((await bcl('data', 'verify')).out).toBe(
      'nothing to verify: no data set was downloaded yet\n',
    );
    expect((await bcl('data', 'download', 'embedded')).out).toBe(
      'embedded: drawn by code, nothing to download\n',
    );
    expect(await readdir(home)).toEqual([]);
  });

  test('asks for nothing when a name is wrong', async () => {
    const { code, err } = await bcl(
      'data',
      'download',
      'cifar10.1',
      'cifar-1O',
      '--mirror',
      mirror,
    );
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error: data download: there is no data set 'cifar-1O'\. Did you mean 'cifar10'\? Known: embedded, /,
    );
    expect(asked).toEqual([]);
  });

  test('tells what a server answered in one line', async () => {
    for (const file of namedDatasets.get('cifar10.1-v4')?.files ?? [])
      expect(file.name).toContain('v4');
    const { code, err } = await bcl('data', 'download', 'cifar10.1-v4', '--mirror', mirror);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^error: download: cannot get cifar10\.1_v4_data\.npy: http:\/\/127\.0\.0\.1:\d+\/cifar10\.1_v4_data\.npy answered 404; try again later, .*\n$/,
    );
  });

  test.each([
    [['data', 'info', 'x', '--split', 'val'], "Did you mean 'train'? Known: train, test."],
    [['data', 'info', '--count', '0'], 'It must be a whole number from 1 up.'],
    [['data', 'dowload'], "unknown command 'dowload'\n(Did you mean download?)"],
    [['data', 'download'], "missing required argument 'name'"],
  ])('answers %p in words', async (args, text) => {
    const { code, err } = await bcl(...args);
    expect(code).toBe(1);
    expect(err).toContain(text);
  });
});
