import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failing } from '../testing/failingFs.js';
import { newProgress } from '../training/progress.js';
import type { Checkpoint } from './Checkpoint.js';
import { copyCheckpoint } from './copyCheckpoint.js';
import { readCheckpoint } from './readCheckpoint.js';
import { writeCheckpoint } from './writeCheckpoint.js';

// Many files are put on the disk for good, which a busy disk takes its time for.
jest.setTimeout(60_000);

/** A checkpoint whose files all differ from those of another epoch. */
function checkpoint(epoch: number): Checkpoint {
  const data = new Float32Array(1000).fill(epoch).buffer;
  const specs = [{ name: 'w', shape: [1000], dtype: 'float32' as const }];
  return {
    state: {
      version: 1,
      ...newProgress(),
      epoch,
      seed: 1,
      loss: 'klDivergence',
      optimizer: { name: 'sgd', learningRate: epoch },
      ema: 0.5,
      preprocessing: {},
      classNames: null,
    },
    topology: { epoch },
    weights: { specs, data },
    optimizer: { specs, data, numbers: { steps: epoch } },
    average: { specs, data, steps: epoch },
  };
}

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'bcl-write-')), 'checkpoint');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

describe('writeCheckpoint', () => {
  test('writes what readCheckpoint reads', async () => {
    await writeCheckpoint(folder, checkpoint(1));
    expect(await readCheckpoint(folder)).toEqual(checkpoint(1));
  });

  test.each(['full disk', 'kill'] as const)(
    'keeps a checkpoint that can be read at whichever call a %s comes',
    async (mode) => {
      await writeCheckpoint(folder, checkpoint(1));
      const seen = new Set<number>();
      for (let n = 1; n <= 60; n++) {
        await writeCheckpoint(folder, checkpoint(2), failing(n, mode).fs).catch(() => {});
        const found = await readCheckpoint(folder);
        expect(found).toEqual(checkpoint(found.state.epoch));
        seen.add(found.state.epoch);
        await writeCheckpoint(folder, checkpoint(1));
      }
      expect([...seen].sort()).toEqual([1, 2]);
    },
  );

  test('is copied to stand for itself', async () => {
    const copy = join(folder, '..', 'best');
    await writeCheckpoint(folder, checkpoint(1));
    await copyCheckpoint(folder, copy);
    await writeCheckpoint(folder, checkpoint(2));
    expect(await readCheckpoint(copy)).toEqual(checkpoint(1));
    await expect(copyCheckpoint(copy, folder, failing(3, 'full disk').fs)).rejects.toThrow(
      `ModelManager.save: cannot write the checkpoint ${folder}: ENOSPC: no space left on device; the one that was there, if any, is as it was`,
    );
    expect(await readCheckpoint(folder)).toEqual(checkpoint(2));
  });

  test('says that the disk is full and that the old checkpoint is as it was', async () => {
    await writeCheckpoint(folder, checkpoint(1));
    await expect(
      writeCheckpoint(folder, checkpoint(2), failing(9, 'full disk').fs),
    ).rejects.toThrow(
      `ModelManager.save: cannot write the checkpoint ${folder}: ENOSPC: no space left on device; the one that was there, if any, is as it was`,
    );
  });
});
