import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { withFolder } from '../fixtures/cifar.js';
import { read } from '../fixtures/read.js';
import { type Answer, give as giveFile, withServer } from '../fixtures/server.js';
import { writeShards } from '../fixtures/shards.js';
import type { StreamExample } from '../stream.js';
import { webDataset } from './webDataset.js';

const options = { size: 1, classNames: 3, retries: 2, retryDelay: 1, timeout: 1000 };
const keys = (examples: readonly StreamExample[]) => examples.map(({ key }) => key);
const names = (count: number) =>
  Array.from({ length: count }, (_, i) => String(i).padStart(4, '0'));

const give = (file: Buffer, ...[request, response]: Parameters<Answer>) =>
  giveFile(file, request, response);

/** Serves shards of 4 and 3 examples by `answer`, which gets the file that is asked for. */
const served = (
  answer: (file: Buffer, ...rest: Parameters<Answer>) => void,
  use: (shards: string, requests: { url?: string; headers: object }[]) => Promise<void>,
  ending = 'tar',
) =>
  withFolder(async (folder) => {
    await writeShards(folder, [4, 3], ending);
    const files = new Map<string, Buffer>();
    for (const name of ['s-000', 's-001']) {
      files.set(`/${name}.${ending}`, await readFile(join(folder, `${name}.${ending}`)));
    }
    await withServer(
      (request, response, count) => {
        const file = files.get(request.url ?? '');
        if (file) answer(file, request, response, count);
        else response.writeHead(404).end();
      },
      ({ url, requests }) => use(`${url}s-{000..001}.${ending}`, requests as never),
    );
  });

describe('webDataset by HTTP', () => {
  test.each(['tar', 'tar.gz'])('reads .%s shards as from disk', (ending) =>
    served(
      give,
      async (shards) => {
        const stream = await webDataset(shards, options);
        expect(keys(await read(stream))).toEqual(names(7));
        expect(keys(await read(stream, { seed: 1 })).sort()).toEqual(names(7));
        const part = await read(stream, { shard: { index: 1, count: 2 } });
        expect(keys(part)).toEqual(names(7).slice(4));
      },
      ending,
    ),
  );

  test('asks for no shard before it is needed', () =>
    served(give, async (shards, requests) => {
      const stream = await webDataset(shards, { ...options, ahead: 1 });
      for await (const { key } of stream.open({ epoch: 0, seed: null })) if (key === '0001') break;
      expect(requests.map(({ url }) => url)).toEqual(['/s-000.tar']);
    }));

  test('takes up a connection that breaks where it broke', () =>
    served(
      (file, request, response) => {
        const from = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
        const part = file.subarray(from, from + 3000);
        response.writeHead(from > 0 ? 206 : 200, {
          etag: '"one"',
          'content-length': file.length - from,
          ...(from > 0
            ? { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` }
            : {}),
        });
        if (from + part.length === file.length) response.end(part);
        else response.write(part, () => setTimeout(() => response.destroy(), 5));
      },
      async (shards, requests) => {
        expect(keys(await read(await webDataset(shards, options)))).toEqual(names(7));
        expect(requests.length).toBeGreaterThan(4);
        expect(requests[1]?.headers).toMatchObject({ range: 'bytes=3000-', 'if-range': '"one"' });
      },
    ));

  test('passes over what it has where a server gives no parts', () =>
    served(
      (file, _, response, count) => {
        response.writeHead(200, { 'content-length': file.length });
        if (count % 2) response.end(file);
        else response.write(file.subarray(0, 2500), () => setTimeout(() => response.destroy(), 5));
      },
      async (shards) => {
        expect(keys(await read(await webDataset(shards, options)))).toEqual(names(7));
      },
    ));

  test('refuses to go on with a file that has changed', () =>
    served(
      (file, _, response, count) => {
        response.writeHead(200, { 'content-length': file.length, etag: `"${count}"` });
        response.write(file.subarray(0, 2500), () => setTimeout(() => response.destroy(), 5));
      },
      async (shards) => {
        await expect(read(await webDataset(shards, options))).rejects.toThrow(
          /^webDataset: cannot read http.*s-000\.tar: the file has changed there meanwhile, after \d+ bytes$/,
        );
      },
    ));

  test('asks again when a server is busy, and gives up when it stays so', () =>
    served(
      (file, request, response, count) => {
        if (count < 2) response.writeHead(503).end();
        else if (request.url === '/s-001.tar') response.writeHead(500).end();
        else giveFile(file, request, response);
      },
      async (shards, requests) => {
        await expect(read(await webDataset(shards, options))).rejects.toThrow(
          /^webDataset: cannot read http.*s-001\.tar: the server answered 500, after 0 bytes$/,
        );
        expect(requests.map(({ url }) => url)).toEqual([
          ...new Array(3).fill('/s-000.tar'),
          ...new Array(3).fill('/s-001.tar'),
        ]);
      },
    ));

  test('says so at once when there is no such file, whatever may be left out', () =>
    served(give, async (shards, requests) => {
      const none = shards.replace('s-', 'none-');
      const stream = await webDataset(none, { ...options, onUnreadable: () => {} });
      await expect(read(stream)).rejects.toThrow(
        /^webDataset: cannot read http.*none-000\.tar: the server answered 404, after 0 bytes$/,
      );
      expect(requests).toHaveLength(1);
    }));

  test('gives up on a server that is silent, and leaves one at once', () =>
    served(
      (file, _, response) => {
        response.writeHead(200, { 'content-length': file.length });
        response.write(file.subarray(0, 3000));
      },
      async (shards) => {
        const silent = await webDataset(shards, { ...options, retries: 0, timeout: 50 });
        await expect(read(silent)).rejects.toThrow(
          /^webDataset: cannot read http.*s-000\.tar: .*[Tt]imeout.*, after 3000 bytes$/,
        );
        // Waiting for the silence to end would take longer than a test may.
        const patient = await webDataset(shards, { ...options, timeout: 3_600_000 });
        const examples = patient.open({ epoch: 0, seed: null })[Symbol.asyncIterator]();
        expect((await examples.next()).value?.key).toBe('0000');
        await wait(5);
        await examples.return?.();
      },
    ));

  test('takes damage for damage, and lies about lengths for lies', () =>
    served(
      (file, _, response) => {
        response.writeHead(200, { 'content-length': 2500 });
        response.end(file.subarray(0, 2500));
      },
      async (shards) => {
        await expect(read(await webDataset(shards, options))).rejects.toThrow(
          /^webDataset: cannot unpack http.*s-000\.tar after 000\d.\w+: Unexpected end of data/,
        );
      },
    ));
});
