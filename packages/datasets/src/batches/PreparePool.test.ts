import { PreparePool } from './PreparePool.js';

// The threads run the built package: `pnpm build` first.

const images = Uint8Array.of(1, 2, 3, 4, 5, 6);
const slots = [new SharedArrayBuffer(16)];
const task = { indices: Int32Array.of(1), bytes: undefined, seed: 1, slot: 0 };

function start(steps: readonly object[] = []): PreparePool {
  const transform = { steps: steps as never };
  return new PreparePool(1, { transform, shape: [1, 1, 3], images, slots });
}

describe('PreparePool', () => {
  test('writes into the slot, from the set or from the bytes that it is handed', async () => {
    const pool = start();
    const written = () => Array.from(new Float32Array(slots[0] as SharedArrayBuffer, 0, 3));
    expect(await pool.prepare(task)).toEqual([1, 1, 1, 3]);
    expect(written()).toEqual([4, 5, 6]);
    const bytes = Uint8Array.of(7, 8, 9);
    await pool.prepare({ ...task, indices: Int32Array.of(0), bytes });
    expect(written()).toEqual([7, 8, 9]);
    expect(bytes).toHaveLength(0);
    await pool.close();
  });

  test('hands back what was thrown, and goes on', async () => {
    const pool = start([{ step: 'randomErasing', fill: [1, 2] }]);
    for (let i = 0; i < 2; i++) {
      const error = await pool.prepare(task).catch((thrown) => thrown);
      expect(error.name).toBe('RangeError');
      expect(error.message).toBe(
        'drawRandomErasing: fill must have a value for each of 3 channels, got 2',
      );
    }
    await pool.close();
  });

  test('lets nobody wait for threads that were ended', async () => {
    const pool = start();
    const waiting = pool.prepare(task);
    const closed = pool.close();
    await expect(waiting).rejects.toThrow('DataIterator: the threads were ended');
    await expect(pool.prepare(task)).rejects.toThrow('DataIterator: the threads were ended');
    await closed;
  });
});
