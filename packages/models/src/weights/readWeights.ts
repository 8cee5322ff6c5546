import { parseWeights } from './formats/parseWeights.js';
import type { StoredTensor } from './StoredTensor.js';
import { sourceBytes, type WeightSource } from './sourceBytes.js';

export interface ReadWeightsOptions {
  /**
   * Key under which a checkpoint keeps its state dict. Unless told, it is the file's object itself where that holds tensors,
   * else what stands under `state_dict`, `model_state_dict`, `model`, `net` or `network`.
   */
  under?: string;
  /** Whether the parts of a `.pth` are compared with their checksums; true unless told. */
  checksums?: boolean;
}

/**
 * Reads the tensors of a weight file, `.safetensors` or PyTorch's `.pth` in its zip and its older format, told by the first
 * bytes. Nothing in the file is executed: a `.pth` is a program for Python's pickle machine, of which the few instructions that
 * build a state dict are known here; any other is refused by name.
 *
 * @param source A path (in Node), a URL, a `Blob`, or bytes. Bytes are not copied: the tensors are views on them.
 * @returns The tensors under their names in the file, in its order.
 * @throws Error for a file that is missing, cut short, damaged, big-endian, of another format, or that lies about its sizes:
 * the message names the file and the reason. Nothing is allocated on the word of a file alone.
 *
 * @example
 * ```ts
 * import { convnet, readWeights, saveWeights } from '@bcl/models';
 *
 * const model = convnet({ classes: 10 });
 * const tensors = await readWeights(await saveWeights(model));
 * tensors.get('conv11.conv.weight').shape; // => [64, 3, 3, 3]
 * tensors.get('fc6.bias').values().length; // => 10
 * model.dispose();
 * ```
 */
export async function readWeights(
  source: WeightSource,
  { under, checksums = true }: ReadWeightsOptions = {},
): Promise<Map<string, StoredTensor>> {
  const { file, bytes } = await sourceBytes(source);
  return parseWeights(bytes, { file, under, checksums });
}
