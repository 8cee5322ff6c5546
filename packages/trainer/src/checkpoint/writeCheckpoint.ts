import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FolderFs, replaceFolder } from '../files/replaceFolder.js';
import type { Checkpoint, TrainingState } from './Checkpoint.js';

/** What `training.json` holds. */
export type Training = TrainingState & {
  optimizerState: Omit<Checkpoint['optimizer'], 'data'>;
  averageState: Omit<NonNullable<Checkpoint['average']>, 'data'> | null;
  /** Seals of the other files. */
  files: Record<string, FileSeal>;
};

/** Size and SHA-256 of a file, by which a damaged one is known. */
export interface FileSeal {
  bytes: number;
  sha256: string;
}

/**
 * Writes a checkpoint: `model.json` and `weights.bin`, which tfjs-layers loads as they are,
 * `optimizer.bin`, `average.bin` where a moving average is kept, and `training.json` with all the
 * rest and the seals of the other files.
 *
 * The folder is replaced as a whole (`replaceFolder`), so a full disk or a kill leaves the
 * checkpoint that was there. A folder with files of somebody else is refused.
 */
export async function writeCheckpoint(
  folder: string,
  { state, topology, weights, optimizer, average }: Checkpoint,
  fs?: FolderFs,
): Promise<void> {
  await refuseForeign(folder);
  const model = JSON.stringify({
    format: 'layers-model',
    generatedBy: '@bcl/trainer',
    convertedBy: null,
    modelTopology: topology,
    weightsManifest: [{ paths: ['weights.bin'], weights: weights.specs }],
  });
  const files: Record<string, Uint8Array | string> = {
    'model.json': model,
    'weights.bin': new Uint8Array(weights.data),
    'optimizer.bin': new Uint8Array(optimizer.data),
    ...(average ? { 'average.bin': new Uint8Array(average.data) } : {}),
  };
  const seals = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, seal(content)]),
  );
  const training: Training = {
    ...state,
    optimizerState: { specs: optimizer.specs, numbers: optimizer.numbers },
    averageState: average && { specs: average.specs, steps: average.steps },
    files: seals,
  };
  files['training.json'] = JSON.stringify(training, null, 1);
  try {
    await replaceFolder(folder, files, fs);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

/** What is said of a checkpoint that could not be written. */
export function cannotWrite(folder: string, error: unknown): Error {
  return new Error(
    `ModelManager.save: cannot write the checkpoint ${folder}: ${(error as Error).message}; the one that was there, if any, is as it was`,
    { cause: error },
  );
}

/** The seal of a file's content. */
export function seal(content: Uint8Array | string): FileSeal {
  return {
    bytes: Buffer.byteLength(content),
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}

/** Throws when replacing the folder would remove what is not a checkpoint. */
export async function refuseForeign(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (!found) return;
  const names = found.isDirectory() ? await readdir(folder) : ['a file'];
  if (names.length > 0 && !names.includes('training.json')) {
    throw new Error(
      `ModelManager.save: ${folder} must be a new folder, an empty one or an earlier checkpoint, got one with ${names.slice(0, 3).join(', ')}; choose ${join(folder, 'checkpoint')}`,
    );
  }
}
