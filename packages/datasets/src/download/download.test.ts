import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { records, withFolder } from '../fixtures/cifar.js';
import { failureOf } from '../fixtures/failure.js';
import { type Answer, cutAfter, give, type TestServer, withServer } from '../fixtures/server.js';
import { type DownloadOptions, type DownloadProgress, download } from './download.js';
import type { PublishedFile } from './publishedFiles.js';

const bytes = records(100, 0);
const published = (content: Uint8Array = bytes): PublishedFile => ({
  name: 'set.bin',
  url: 'http://nowhere.invalid/set.bin',
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
  md5: createHash('md5').update(content).digest('hex'),
});

/** Downloads from a server that answers so, in an empty folder. */
const served = <T>(
  answer: Answer,
  use: (
    get: (options?: DownloadOptions) => Promise<string>,
    folder: string,
    server: TestServer,
  ) => Promise<T>,
): Promise<T> =>
  withFolder((folder) =>
    withServer(answer, (server) =>
      use(
        (options = {}) =>
          download(published(), {
            folder,
            mirror: server.url,
            retryDelay: 1,
            onProgress: ({ received }) => cutAfter(received),
            ...options,
          }),
        folder,
        server,
      ),
    ),
  );

const good: Answer = (request, response) => give(bytes, request, response);

describe('download', () => {
  test('brings the file whole, leaves nothing else, and asks once', () =>
    served(good, async (get, folder, { requests }) => {
      const path = await get();
      expect(path).toBe(join(folder, 'set.bin'));
      expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
      expect(await readdir(folder)).toEqual(['set.bin']);
      expect(await get()).toBe(path);
      expect(requests.map(({ url }) => url)).toEqual(['/set.bin']);
      expect(requests[0]?.headers['accept-encoding']).toBe('identity');
    }));

  test('makes the folder, and says how it goes', () =>
    served(
      (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length });
        let at = 0;
        const drip = setInterval(() => {
          response.write(bytes.subarray(at, at + 50_000));
          at += 50_000;
          if (at < bytes.length) return;
          clearInterval(drip);
          response.end();
        }, 5);
      },
      async (get, folder) => {
        const seen: DownloadProgress[] = [];
        const inner = join(folder, 'a', 'b');
        await get({ folder: inner, onProgress: (progress) => seen.push(progress) });
        const received = seen.map((progress) => progress.received);
        expect(received).toEqual([...received].sort((a, b) => a - b));
        expect(new Set(received).size).toBeGreaterThan(4);
        expect(seen[0]).toEqual({
          name: 'set.bin',
          state: 'receiving',
          received: 0,
          total: bytes.length,
        });
        expect(seen.at(-1)).toEqual({ ...seen[0], state: 'checking', received: bytes.length });
      },
    ));

  test('takes up a broken download where it broke', () =>
    served(
      (request, response, count) =>
        give(bytes, request, response, count < 3 ? { most: 70_000 } : {}),
      async (get, _, { requests }) => {
        const path = await get();
        expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
        expect(requests.map(({ headers }) => headers.range)).toEqual([
          undefined,
          'bytes=70000-',
          'bytes=140000-',
          'bytes=210000-',
        ]);
        expect(requests[3]?.headers['if-range']).toBe('"one"');
      },
    ));

  test('begins anew where the server has another file by now', () =>
    served(
      (request, response, count) =>
        count === 0
          ? give(Buffer.alloc(bytes.length), request, response, { most: 70_000, etag: '"old"' })
          : give(bytes, request, response),
      async (get, _, { requests }) => {
        expect(Buffer.compare(await readFile(await get()), bytes)).toBe(0);
        expect(requests).toHaveLength(2);
      },
    ));

  test('begins anew where the server cannot give parts', () =>
    served(
      (request, response, count) => {
        delete request.headers.range;
        give(bytes, request, response, count < 2 ? { most: 70_000 } : {});
      },
      async (get) => expect(Buffer.compare(await readFile(await get()), bytes)).toBe(0),
    ));

  test('begins anew where parts of two files came together', () =>
    served(
      (request, response, count) => {
        // Without a tag nobody can tell but the checksum.
        response.setHeader = () => response;
        const other = Buffer.alloc(bytes.length);
        give(count === 0 ? other : bytes, request, response, count === 0 ? { most: 70_000 } : {});
      },
      async (get, _, { requests }) => {
        expect(Buffer.compare(await readFile(await get()), bytes)).toBe(0);
        expect(requests.map(({ headers }) => headers.range)).toEqual([
          undefined,
          'bytes=70000-',
          undefined,
        ]);
      },
    ));

  test('does not trust a part that it knows nothing of', () =>
    served(good, async (get, folder, { requests }) => {
      await writeFile(join(folder, 'set.bin.part'), Buffer.alloc(1000));
      expect(Buffer.compare(await readFile(await get()), bytes)).toBe(0);
      expect(requests[0]?.headers.range).toBeUndefined();
      expect(await readdir(folder)).toEqual(['set.bin']);
    }));

  test.each([
    ['larger than the file', Buffer.alloc(bytes.length + 1)],
    ['as large as the file', Buffer.alloc(bytes.length)],
  ])('gets over a part that is %s', (_, part) =>
    served(good, async (get, folder) => {
      await writeFile(join(folder, 'set.bin.part'), part);
      await writeFile(join(folder, 'set.bin.part.json'), '{"url":"http://x.invalid/"}');
      expect(Buffer.compare(await readFile(await get()), bytes)).toBe(0);
      expect(await readdir(folder)).toEqual(['set.bin']);
    }),
  );

  test('downloads again what has another size', () =>
    served(good, async (get, folder) => {
      await writeFile(join(folder, 'set.bin'), 'damaged');
      expect(Buffer.compare(await readFile(await get()), bytes)).toBe(0);
    }));

  test.each<[string, Answer, RegExp]>([
    [
      'ends before the length that it told',
      (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 1000), () => setImmediate(() => response.destroy()));
      },
      /cannot get set\.bin: .*(terminated|other side closed|aborted)/,
    ],
    [
      'tells a shorter length',
      (_, response) => response.writeHead(200, { 'content-length': 1000 }).end(bytes),
      /offers 1000 bytes, expected the 307300 of set\.bin: that is another file/,
    ],
    [
      'tells a longer length',
      (_, response) => response.writeHead(200, { 'content-length': 1e15 }).end(bytes),
      /offers 1000000000000000 bytes, expected the 307300/,
    ],
    [
      'tells no length and ends early',
      (_, response) => response.writeHead(200).end(bytes.subarray(0, 1000)),
      /ended after 1000 of 307300 bytes/,
    ],
    [
      'tells no length and does not end',
      (_, response) => {
        response.writeHead(200);
        const pour = () => response.write(Buffer.alloc(100_000), pour);
        pour();
      },
      /gave more than the 307300 bytes of set\.bin: that is another file/,
    ],
    ['has no such file', (_, response) => response.writeHead(404).end('no'), /answered 404/],
    ['wants to be paid', (_, response) => response.writeHead(402).end(), /answered 402/],
    ['fails', (_, response) => response.writeHead(500).end(), /answered 500/],
    [
      'gives another file of the same size',
      (request, response) => give(Buffer.alloc(bytes.length), request, response),
      /gave another file: expected the sha256 [0-9a-f]{64}, got [0-9a-f]{64}/,
    ],
    [
      'gives a part from another place',
      (_, response) =>
        response
          .writeHead(206, { 'content-range': `bytes 7-9/${bytes.length}`, 'content-length': 3 })
          .end('abc'),
      /gave a part from byte 7, asked for 0/,
    ],
    [
      'sends one from here to there',
      (request, response) => response.writeHead(302, { location: request.url as string }).end(),
      /Redirect loop|answered 302/,
    ],
    ['says nothing', () => {}, /cannot get set\.bin: Headers Timeout Error/],
    [
      'falls silent',
      (_, response) => {
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 1000));
      },
      /cannot get set\.bin: Body Timeout Error/,
    ],
    ['hangs up', (_, response) => response.destroy(), /cannot get set\.bin: /],
  ])('gives up on a server that %s, and leaves nothing under the name', (_, answer, why) =>
    served(answer, async (get, folder) => {
      const error = await failureOf(get({ retries: 2, timeout: 100 }));
      expect(error.message).toMatch(/^download: cannot get set\.bin: /);
      expect(error.message).toMatch(why);
      expect(error.message).toContain(
        `try again later, name another place as mirror, or put the file into ${folder} yourself`,
      );
      const left = await readdir(folder);
      expect(left.filter((name) => !name.startsWith('set.bin.part'))).toEqual([]);
    }),
  );

  test('asks again as often as that may help, and no more', () =>
    served(
      (request, response, count) => {
        if (request.url === '/down/set.bin') response.writeHead(503).end();
        else if (request.url === '/away/set.bin') response.writeHead(410).end();
        else if (count % 3 < 2) response.writeHead(429, { 'retry-after': '0' }).end();
        else give(bytes, request, response);
      },
      async (get, _, server) => {
        await failureOf(get({ mirror: `${server.url}down`, retries: 2 }));
        expect(server.requests.length).toBe(3);
        await failureOf(get({ mirror: `${server.url}away`, retries: 2 }));
        expect(server.requests.length).toBe(4);
        await get({ retries: 2 });
        expect(server.requests.length).toBeGreaterThan(4);
      },
    ));

  test('waits as long as the server asks for', () =>
    served(
      (request, response, count) =>
        count === 0
          ? response.writeHead(503, { 'retry-after': '1' }).end()
          : give(bytes, request, response),
      async (get) => {
        const start = Date.now();
        const problems: (string | undefined)[] = [];
        const onProgress = ({ state, problem }: DownloadProgress) => {
          if (state === 'waiting') problems.push(problem);
        };
        await get({ onProgress });
        expect(Date.now() - start).toBeGreaterThanOrEqual(990);
        expect(problems).toEqual([expect.stringMatching(/set\.bin answered 503$/)]);
      },
    ));

  test('follows redirections', () =>
    served(
      (request, response) => {
        if (request.url === '/moved/set.bin') give(bytes, request, response);
        else response.writeHead(301, { location: '/moved/set.bin' }).end();
      },
      async (get) => expect(Buffer.compare(await readFile(await get()), bytes)).toBe(0),
    ));

  test('stops when told, and the next one goes on from there', () =>
    served(
      (request, response, count) => {
        if (count > 0) return give(bytes, request, response);
        response.writeHead(200, { 'content-length': bytes.length, etag: '"one"' });
        response.write(bytes.subarray(0, 100_000));
      },
      async (get, folder, { requests }) => {
        const stop = new AbortController();
        const onProgress = ({ received }: DownloadProgress) => {
          if (received === 100_000) stop.abort();
        };
        const error = await failureOf(get({ signal: stop.signal, onProgress }));
        expect(error.name).toBe('AbortError');
        expect((await readdir(folder)).sort()).toEqual(['set.bin.part', 'set.bin.part.json']);
        expect(Buffer.compare(await readFile(await get()), bytes)).toBe(0);
        expect(requests[1]?.headers.range).toBe('bytes=100000-');
        await expect(get({ folder: join(folder, 'b'), signal: stop.signal })).rejects.toThrow(
          'aborted',
        );
        expect(requests).toHaveLength(2);
      },
    ));

  test('takes a file from another address on from where the first left off', () =>
    served(
      (request, response) =>
        give(bytes, request, response, {
          etag: `"${request.url}"`,
          ...(request.url === '/set.bin' ? { most: 70_000 } : {}),
        }),
      async (get, _, server) => {
        await failureOf(get({ retries: 0 }));
        await get({ mirror: `${server.url}other/set.bin` });
        expect(server.requests[1]?.url).toBe('/other/set.bin');
        expect(server.requests[1]?.headers.range).toBe('bytes=70000-');
        expect(server.requests[1]?.headers['if-range']).toBeUndefined();
      },
    ));

  test('says what its options must be, and where it may not write', () =>
    served(good, async (get, folder) => {
      expect((await failureOf(get({ mirror: 'ftp://x/' }))).message).toBe(
        "download: mirror must be an address such as https://mirror.example/cifar/, got 'ftp://x/'",
      );
      expect((await failureOf(get({ mirror: 'here' }))).message).toContain("got 'here'");
      expect((await failureOf(get({ retries: -1 }))).message).toContain(
        'retries must be a whole number from 1, got -1',
      );
      await writeFile(join(folder, 'file'), '');
      expect((await failureOf(get({ folder: join(folder, 'file') }))).message).toMatch(
        /^download: cannot make the folder .*EEXIST.*name one of yours by BCL_HOME$/,
      );
    }));
});
