import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFolder } from '../files/replaceFolder.js';
import type { Checkpoint, SavedTensors } from './Checkpoint.js';
import { seal, type Training } from './writeCheckpoint.js';

/**
 * Reads a checkpoint and checks every file against its seal; nothing is loaded before all are
 * found whole.
 *
 * @throws Error when there is none, when a file is missing or damaged, or from a later version.
 */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  const found = await findFolder(folder);
  if (!found) throw new Error(`ModelManager.load: no checkpoint at ${folder}`);
  const training = parse<Training>(found, 'training.json', await read(found, 'training.json'));
  if (training.version !== 1) {
    throw new Error(
      `ModelManager.load: ${join(found, 'training.json')} must be of version 1, got ${training.version}; a later @bcl/trainer wrote it`,
    );
  }
  const sealed = async (name: string): Promise<Buffer> => {
    const content = await read(found, name);
    const expected = training.files?.[name];
    const got = seal(content);
    if (got.bytes !== expected?.bytes) {
      throw damaged(found, name, `${expected?.bytes ?? 'its seal'} bytes`, `${got.bytes}`);
    }
    if (got.sha256 !== expected.sha256) throw damaged(found, name, 'the bytes written', 'others');
    return content;
  };
  const [modelJson, weights, optimizer] = [
    await sealed('model.json'),
    await sealed('weights.bin'),
    await sealed('optimizer.bin'),
  ];
  const model = parse<{
    modelTopology: unknown;
    weightsManifest: [{ weights: SavedTensors['specs'] }];
  }>(found, 'model.json', modelJson);
  const { optimizerState, averageState, files: _, ...state } = training;
  return {
    state,
    topology: model.modelTopology,
    weights: { specs: model.weightsManifest[0].weights, data: bytes(weights) },
    optimizer: { ...optimizerState, data: bytes(optimizer) },
    average: averageState && { ...averageState, data: bytes(await sealed('average.bin')) },
  };
}

async function read(folder: string, name: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new Error(
      `ModelManager.load: ${folder} must be a checkpoint, got a folder without ${name}; a run keeps its own under checkpoint/`,
    );
  }
}

function parse<T>(folder: string, name: string, content: Buffer): T {
  try {
    return JSON.parse(content.toString('utf8')) as T;
  } catch {
    throw damaged(folder, name, 'JSON', `${content.length} bytes of something else`);
  }
}

function damaged(folder: string, name: string, expected: string, got: string): Error {
  return new Error(
    `ModelManager.load: ${join(folder, name)} is damaged: expected ${expected}, got ${got}; use a copy of the checkpoint`,
  );
}

/** The file's bytes in a buffer of their own. */
function bytes(content: Buffer): ArrayBuffer {
  return new Uint8Array(content).buffer;
}
