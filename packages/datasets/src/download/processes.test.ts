import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../fixtures/bundle.js';
import { records, withFolder } from '../fixtures/cifar.js';
import { type Answer, give, withServer } from '../fixtures/server.js';
import { download } from './download.js';
import type { PublishedFile } from './publishedFiles.js';

// Downloads by several processes, some of which are killed.

const bytes = records(300, 0);
const file: PublishedFile = {
  name: 'set.bin',
  url: 'http://nowhere.invalid/set.bin',
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
};

let home: string;
let program: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'bcl-processes-'));
  const source = `
    import { download } from './download/download.js';
    const [, , mirror, folder] = process.argv;
    const onProgress = ({ state, received }) => console.log(state, received);
    download(${JSON.stringify(file)}, { mirror, folder, onProgress, retryDelay: 1 }).then(
      (path) => console.log('done', path),
      (error) => { console.error(error.message); process.exitCode = 1; },
    );`;
  program = await bundle(source, join(home, 'download.cjs'));
});

afterAll(() => rm(home, { recursive: true }));

interface Child {
  readonly process: ChildProcess;
  readonly out: () => string;
  /** Resolves when it has written something like this. */
  readonly says: (what: RegExp) => Promise<void>;
}

function start(url: string, folder: string): Child {
  const child = spawn(process.execPath, [program, url, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      out += text;
    });
  }
  const says = async (what: RegExp) => {
    while (!what.test(out)) await once(child.stdout, 'data');
  };
  return { process: child, out: () => out, says };
}

const ended = async ({ process }: Child): Promise<unknown> =>
  process.exitCode ?? process.signalCode ?? (await once(process, 'close'))[0];

/** Gives half of it to the first who asks, and then nothing more; all to the others. */
const halfFirst: Answer = (request, response, count) => {
  if (count > 0) return give(bytes, request, response);
  response.writeHead(200, { 'content-length': bytes.length, etag: '"one"' });
  response.write(bytes.subarray(0, bytes.length >> 1));
};

describe('download by several processes', () => {
  test('goes on after the process that did it was killed', () =>
    withFolder((folder) =>
      withServer(halfFirst, async ({ url, requests }) => {
        const child = start(url, folder);
        await child.says(new RegExp(`receiving ${bytes.length >> 1}`));
        child.process.kill('SIGKILL');
        await ended(child);
        expect((await readdir(folder)).sort()).toEqual([
          'set.bin.lock',
          'set.bin.part',
          'set.bin.part.json',
        ]);
        const states: string[] = [];
        const path = await download(file, {
          mirror: url,
          folder,
          staleLock: 2000,
          onProgress: ({ state }) => states.push(state),
        });
        expect(Buffer.compare(await readFile(path), bytes)).toBe(0);
        expect(await readdir(folder)).toEqual(['set.bin']);
        expect(requests[1]?.headers.range).toBe(`bytes=${bytes.length >> 1}-`);
        // For the lock of the dead.
        expect(states[0]).toBe('waiting');
      }),
    ));

  test('leaves no lock behind on Ctrl-C', () =>
    withFolder((folder) =>
      withServer(halfFirst, async ({ url }) => {
        const child = start(url, folder);
        await child.says(/receiving [1-9]/);
        child.process.kill('SIGINT');
        expect(await ended(child)).not.toBe(0);
        expect((await readdir(folder)).sort()).toEqual(['set.bin.part', 'set.bin.part.json']);
      }),
    ));

  test('happens once, however many want it', () => {
    const slow: Answer = (_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1000));
      setTimeout(() => response.end(bytes.subarray(1000)), 1000);
    };
    return withFolder((folder) =>
      withServer(slow, async ({ url, requests }) => {
        const children = [start(url, folder), start(url, folder), start(url, folder)];
        expect(await Promise.all(children.map(ended))).toEqual([0, 0, 0]);
        const outs = children.map(({ out }) => out());
        expect(outs.filter((out) => out.includes('receiving'))).toHaveLength(1);
        expect(outs.filter((out) => out.startsWith('waiting'))).toHaveLength(2);
        for (const out of outs) expect(out).toContain(`done ${join(folder, 'set.bin')}`);
        expect(requests).toHaveLength(1);
        expect(await readdir(folder)).toEqual(['set.bin']);
      }),
    );
  });

  test('says which lock it cannot have', () =>
    withFolder(async (folder) => {
      const lock = join(folder, 'set.bin.lock');
      await writeFile(lock, 'no folder, so no lock of ours');
      await utimes(lock, 1, 1);
      await expect(download(file, { folder })).rejects.toThrow(
        /^download: cannot lock .*set\.bin\.lock: ENOTDIR.*; may this user write there\?/,
      );
    }));

  test('can be stopped while it waits for another', () =>
    withFolder(async (folder) => {
      await mkdir(join(folder, 'set.bin.lock'));
      const stop = new AbortController();
      const waiting = download(file, {
        folder,
        signal: stop.signal,
        onProgress: () => setTimeout(() => stop.abort(), 50),
      });
      await expect(waiting).rejects.toThrow('aborted');
      expect(await readdir(folder)).toEqual(['set.bin.lock']);
    }));

  test('ends when another took over its lock', () =>
    withFolder((folder) =>
      withServer(halfFirst, async ({ url }) => {
        const lock = join(folder, 'set.bin.lock');
        const stolen = download(file, {
          mirror: url,
          folder,
          staleLock: 2000,
          retries: 0,
          // As if this process had slept, and another had found the lock stale.
          onProgress: ({ received }) => void (received > 0 && utimes(lock, 1, 1)),
        });
        await expect(stolen).rejects.toThrow(/^download: lost the lock .*set\.bin\.lock/);
      }),
    ));
});
