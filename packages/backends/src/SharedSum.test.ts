import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { transformSync } from '@swc/core';
import fc from 'fast-check';
import { SharedSum, type SharedSumHandle } from './SharedSum.js';

/** The class as the source has it now, for threads that jest does not reach into. */
const source = transformSync(readFileSync(join(__dirname, 'SharedSum.ts'), 'utf8'), {
  module: { type: 'commonjs' },
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
}).code;

const workers: Worker[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
});

/** Runs a body with `replica`, `rank` and `input` in a thread of its own; resolves to what it returns. */
function startReplica<T>(handle: SharedSumHandle, rank: number, body: string, input?: unknown) {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { SharedSum } = ((exports) => { ${source}; return exports; })({});
    const { rank, input } = workerData;
    const replica = SharedSum.attach(workerData.handle, rank);
    parentPort.postMessage((() => { ${body} })());`;
  const worker = new Worker(code, { eval: true, workerData: { handle, rank, input } });
  workers.push(worker);
  return new Promise<T>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (status) => reject(new Error(`replica ${rank} exited with ${status}`)));
  });
}

/** The error's text instead of an error: a thread's errors lose their class on the way. */
const caught = 'try { replica.reduce([new Float32Array(4)]); } catch (e) { return e.message; }';

describe('SharedSum', () => {
  test.each([2, 3])('gives every one of %i replicas the sums, in place', async (replicas) => {
    const sum = new SharedSum({ replicas, length: 100 });
    const results = await Promise.all(
      Array.from({ length: replicas }, (_, rank) =>
        startReplica<number[][]>(
          sum.handle(),
          rank,
          `const parts = [Float32Array.of(1, 2, 3), new Float32Array(0), new Float32Array(90).fill(10 ** rank)];
           replica.reduce(parts);
           return parts.map((part) => [...part]);`,
        ),
      ),
    );
    const ones = replicas === 2 ? 11 : 111;
    for (const parts of results) {
      expect(parts).toEqual([[replicas, 2 * replicas, 3 * replicas], [], Array(90).fill(ones)]);
    }
  });

  test('sums in the order of the ranks: the same bits for all, from run to run and however the shards lie', async () => {
    // Ones are lost in 1e8: only what starts with both 1e8 keeps them.
    const brought = [1e8, -1e8, 1, 1];
    const inOrder = brought.map(Math.fround).reduce((a, b) => Math.fround(a + b));
    expect(inOrder).toBe(2);
    const body = `
      const rounds = [];
      for (let round = 0; round < 5; round++) {
        const part = new Float32Array(1000).fill(input[rank]);
        replica.reduce([part]);
        rounds.push(part);
      }
      return rounds;`;
    const sum = new SharedSum({ replicas: 4, length: 1000 });
    const results = await Promise.all(
      brought.map((_, rank) => startReplica<Float32Array[]>(sum.handle(), rank, body, brought)),
    );
    for (const part of results.flat()) expect(new Set(part)).toEqual(new Set([inOrder]));
  });

  test('keeps rounds apart, whoever is late', async () => {
    const body = `
      const sums = [];
      for (let round = 0; round < 300; round++) {
        const part = new Float32Array(50).fill(round + rank);
        // One or the other dawdles.
        if (round % 7 === rank) for (const end = performance.now() + 1; performance.now() < end; );
        replica.reduce([part]);
        sums.push(part[0], part[49]);
      }
      return sums;`;
    const sum = new SharedSum({ replicas: 3, length: 50 });
    const results = await Promise.all(
      [0, 1, 2].map((rank) => startReplica<number[]>(sum.handle(), rank, body)),
    );
    const expected = Array.from({ length: 300 }, (_, round) => [
      3 * round + 3,
      3 * round + 3,
    ]).flat();
    for (const sums of results) expect(sums).toEqual(expected);
  });

  test('waits on when it is woken by who was late to wake it from the round before', async () => {
    const sum = new SharedSum({ replicas: 2, length: 4 });
    const { control } = sum.handle();
    const body = 'const part = Float32Array.of(1, 2); replica.reduce([part]); return [...part];';
    const first = startReplica<number[]>(sum.handle(), 0, body);
    const words = new Int32Array(control);
    let woken = 0;
    while (woken === 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      for (let at = 0; at < 4; at++) woken += Atomics.notify(words, at);
    }
    const second = startReplica<number[]>(sum.handle(), 1, body);
    expect(await Promise.all([first, second])).toEqual([
      [2, 4],
      [2, 4],
    ]);
  });

  test('sums any numbers of any lengths as float32 does', async () => {
    const body = `
      return input.map((lengths) => {
        let seed = rank + 1;
        const next = () => (seed = (seed * 16807) % 2147483647) / 2 ** 20 - 1000;
        const parts = lengths.map((length) => Float32Array.from({ length }, next));
        const brought = parts.map((part) => part.slice());
        replica.reduce(parts);
        return { brought, parts };
      });`;
    const cases = fc.sample(fc.array(fc.nat({ max: 9000 }), { maxLength: 3 }), {
      numRuns: 20,
      seed: 1,
    });
    const sum = new SharedSum({ replicas: 2, length: 27_000 });
    type Round = { brought: Float32Array[]; parts: Float32Array[] };
    const [a, b] = (await Promise.all(
      [0, 1].map((rank) => startReplica<Round[]>(sum.handle(), rank, body, cases)),
    )) as [Round[], Round[]];
    a.forEach((round, i) => {
      const other = b[i] as Round;
      const expected = round.brought.map((part, p) =>
        part.map((value, j) => value + (other.brought[p]?.[j] as number)),
      );
      expect(round.parts).toEqual(expected);
      expect(other.parts).toEqual(expected);
    });
  });

  test('sums more numbers than its memory holds at a time, round after round', async () => {
    // Two windows and a piece, in parts whose borders are not those of the windows.
    const lengths = [700_001, 5, 500_000, 3];
    const length = lengths.reduce((a, b) => a + b);
    const body = `
      const wrong = [];
      for (let round = 0; round < 3; round++) {
        let i = 0;
        const parts = input.map((length) => Float32Array.from({ length }, () => (i++ % 1000) * (rank + 1) + round));
        replica.reduce(parts);
        i = 0;
        for (const part of parts) for (const sum of part) {
          if (sum !== (i % 1000) * 6 + 3 * round) wrong.push([round, i, sum]);
          i++;
        }
      }
      return wrong.slice(0, 5);`;
    const sum = new SharedSum({ replicas: 3, length });
    expect(sum.handle().data.byteLength).toBeLessThan((4 * 3 * length) / 1.1);
    const results = await Promise.all(
      [0, 1, 2].map((rank) => startReplica<number[][]>(sum.handle(), rank, body, lengths)),
    );
    expect(results).toEqual([[], [], []]);
  });

  test('wakes whoever waits when it is aborted, with the first reason', async () => {
    const sum = new SharedSum({ replicas: 2, length: 4 });
    const waiting = startReplica<string>(sum.handle(), 0, caught);
    setTimeout(() => {
      sum.abort('the worker of replica 1 ended: out of memory — ü');
      sum.abort('another reason');
    }, 100);
    expect(await waiting).toBe('the worker of replica 1 ended: out of memory — ü');
    expect(sum.aborted).toBe('the worker of replica 1 ended: out of memory — ü');
    const late = SharedSum.attach(sum.handle(), 1);
    expect(() => late.reduce([new Float32Array(4)])).toThrow('the worker of replica 1 ended');
  });

  test('gives up on a replica that does not come, and says which', async () => {
    const sum = new SharedSum({ replicas: 3, length: 4, timeoutMs: 3000 });
    const late =
      'SharedSum.reduce: replica 1 of 3 did not come within 3000 ms; look for its error, or raise timeoutMs';
    const waiting = [0, 2].map((rank) => startReplica<string>(sum.handle(), rank, caught));
    expect(await Promise.all(waiting)).toEqual([late, late]);
  });

  test('refuses replicas that bring different numbers of numbers', async () => {
    const sum = new SharedSum({ replicas: 2, length: 9 });
    const body = `try { replica.reduce([new Float32Array(4 + rank)]); } catch (e) { return e.message; }`;
    const text = 'SharedSum.reduce: all replicas must bring as many numbers, got 4, 5';
    const both = [0, 1].map((rank) => startReplica<string>(sum.handle(), rank, body));
    expect(await Promise.all(both)).toEqual([text, text]);
  });

  test('refuses more numbers than it has room for', () => {
    const replica = SharedSum.attach(new SharedSum({ replicas: 1, length: 3 }).handle(), 0);
    expect(() => replica.reduce([new Float32Array(2), new Float32Array(2)])).toThrow(
      'SharedSum.reduce: has room for 3 numbers, got 4 from replica 0',
    );
  });

  test('leaves the numbers of a single replica as they are', () => {
    const replica = SharedSum.attach(new SharedSum({ replicas: 1, length: 3 }).handle(), 0);
    const part = Float32Array.of(1, 2, 3);
    replica.reduce([part]);
    expect([...part]).toEqual([1, 2, 3]);
    replica.abort('enough');
    expect(() => replica.reduce([part])).toThrow('enough');
  });

  test('cuts a long reason to its room', () => {
    const sum = new SharedSum({ replicas: 1, length: 0 });
    sum.abort('x'.repeat(5000));
    expect(sum.aborted).toBe('x'.repeat(1024));
  });

  test('says what its arguments must be', () => {
    expect(() => new SharedSum({ replicas: 0, length: 1 })).toThrow(
      new RangeError('SharedSum: replicas must be a whole number of at least 1, got 0'),
    );
    expect(() => new SharedSum({ replicas: 1, length: -1 })).toThrow(
      new RangeError('SharedSum: length must be a whole number of at least 0, got -1'),
    );
    expect(() => new SharedSum({ replicas: 1, length: 1, timeoutMs: 0 })).toThrow(
      new RangeError('SharedSum: timeoutMs must be more than 0, got 0'),
    );
    const sum = new SharedSum({ replicas: 2, length: 1 });
    expect(() => SharedSum.attach(sum.handle(), 2)).toThrow(
      new RangeError('SharedSum.attach: rank must be a whole number from 0 to 1, got 2'),
    );
    expect(() => sum.reduce([])).toThrow(
      'SharedSum.reduce: this thread made the memory and has no rank; use SharedSum.attach(sum.handle(), rank)',
    );
  });
});
