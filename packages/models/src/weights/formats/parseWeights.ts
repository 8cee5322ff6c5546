import { badFile } from '../badFile.js';
import type { StoredTensor } from '../StoredTensor.js';
import { isLegacyPth, isZip, type PthOptions, parseLegacyPth, parseZipPth } from './parsePth.js';
import { parseSafetensors } from './parseSafetensors.js';

/**
 * Reads the tensors of a weight file of whichever format, told by its first bytes.
 *
 * @param bytes The whole file. The tensors are views on it.
 */
export async function parseWeights(
  bytes: Uint8Array,
  options: PthOptions,
): Promise<Map<string, StoredTensor>> {
  const { file } = options;
  if (bytes.length === 0) throw badFile(file, 'is empty');
  if (isZip(bytes)) return parseZipPth(bytes, options);
  if (isLegacyPth(bytes)) return parseLegacyPth(bytes, options);
  const other = otherFormat(bytes);
  if (other) throw badFile(file, other);
  return parseSafetensors(bytes, file);
}

/** What files are that are often taken for weights, and what to do. */
const otherFormats: [begins: string, reason: string][] = [
  [
    'version https://git-lfs',
    'is a pointer of Git LFS, not the weights; git lfs pull fetches them',
  ],
  ['<', 'is a page of HTML or XML, not weights; look at it to see what the server said'],
  ['\x89HDF', 'is in HDF5; save it in Keras or PyTorch as .safetensors'],
  ['\x1f\x8b', 'is compressed with gzip; unpack it first'],
  ['GGUF', 'is in GGUF; take the .safetensors instead'],
  [
    '\x80',
    'is a pickle, but not one that torch.save wrote; save the state_dict with torch.save or as .safetensors',
  ],
];

function otherFormat(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 32)).trimStart();
  // The eighth byte of a safetensors file is 0: its header is never that long.
  if (bytes.length > 8 && bytes[7] === 0) return undefined;
  return otherFormats.find(([begins]) => start.startsWith(begins))?.[1];
}
