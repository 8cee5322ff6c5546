import type { LayersModel } from '@tensorflow/tfjs-layers';
import { encodeSafetensors, type NamedValues } from './formats/encodeSafetensors.js';
import { nodeModule } from './nodeModule.js';
import { pathOf } from './sourceBytes.js';
import { toTorchLayout } from './torchLayout.js';
import { torchWeights } from './torchWeights.js';

/**
 * Writes the weights of a model as `.safetensors`, under the names and in the layouts of PyTorch: `loadWeights` reads them, and
 * so does PyTorch, `model.load_state_dict(safetensors.torch.load_file(file))`, into its own network of that kind. Each
 * normalisation gets a `num_batches_tracked` of 0, which PyTorch looks for.
 *
 * A file is written beside its place and then renamed: whatever happens on the way, what stands there is the old file or the
 * new one.
 *
 * @param file A path or a `file:` URL, in Node. Without it the bytes of the file are returned.
 *
 * @example
 * ```ts
 * import { convnet, loadWeights, saveWeights } from '@bcl/models';
 *
 * const model = convnet({ classes: 10 });
 * const bytes = await saveWeights(model);
 * const { loaded } = await loadWeights(model, bytes);
 * loaded.length; // => 46
 * model.dispose();
 * ```
 */
export async function saveWeights(model: LayersModel): Promise<Uint8Array>;
export async function saveWeights(model: LayersModel, file: string | URL): Promise<void>;
export async function saveWeights(model: LayersModel, file?: string | URL): Promise<unknown> {
  const bytes = encodeSafetensors(await valuesOf(model));
  return file === undefined ? bytes : writeBeside(file, bytes);
}

/** All weights in PyTorch's layout. */
async function valuesOf(model: LayersModel): Promise<NamedValues[]> {
  const all: NamedValues[] = [];
  for (const { name, shape, weight } of torchWeights(model).values()) {
    const theirs = toTorchLayout(weight.read());
    try {
      const values = (await theirs.data()) as Float32Array | Int32Array | Uint8Array;
      all.push({ name, shape, dtype: weight.dtype, values });
    } finally {
      theirs.dispose();
    }
    if (name.endsWith('.running_var')) {
      const counter = name.replace(/running_var$/, 'num_batches_tracked');
      all.push({ name: counter, shape: [], dtype: 'int64', values: new BigInt64Array(1) });
    }
  }
  return all;
}

async function writeBeside(file: string | URL, bytes: Uint8Array): Promise<void> {
  const path = pathOf(file);
  const fs = nodeModule<typeof import('node:fs/promises')>('node:fs/promises');
  if (path === undefined || !fs) {
    throw new Error(
      `saveWeights: file must be a path on this machine's disk, in Node, got ${file}; without a file the bytes are returned`,
    );
  }
  const beside = `${path}.${process.pid}.writing`;
  try {
    const handle = await fs.open(beside, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(beside, path);
  } catch (error) {
    await fs.rm(beside, { force: true });
    throw new Error(`saveWeights: ${path} cannot be written: ${(error as Error).message}`);
  }
}
