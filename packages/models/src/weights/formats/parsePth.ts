import { badFile, quoted } from '../badFile.js';
import { PickleError } from '../pickle/PickleReader.js';
import type { StorageClaim } from '../pickle/PickleValue.js';
import { type Unpickled, unpickle } from '../pickle/unpickle.js';
import type { StoredTensor } from '../StoredTensor.js';
import { bytesOf } from '../storedTypes.js';
import { openZip } from './openZip.js';
import { stateDict } from './stateDict.js';

export interface PthOptions {
  /** What to call the file in errors. */
  file: string;
  /** Where in a checkpoint its state dict stands. */
  under?: string | undefined;
  /** Whether the members of an archive are compared with their checksums. */
  checksums: boolean;
}

/** First bytes of PyTorch's older format: protocol 2, and its magic number, 10 bytes. */
const LEGACY_MAGIC = [
  0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19,
];

/** Whether a file begins as those that `torch.save` wrote before PyTorch 1.6. */
export function isLegacyPth(bytes: Uint8Array): boolean {
  return LEGACY_MAGIC.every((byte, i) => bytes[i] === byte);
}

/** Whether a file begins as a zip archive, which `torch.save` writes since PyTorch 1.6. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * Reads the tensors of a `.pth` file in the zip format: a pickle `data.pkl`, and the numbers of each storage as a member of
 * their own.
 *
 * @param bytes The whole file. The tensors are views on it.
 * @throws Error for a file that is damaged, lies about its sizes, or asks for more than data.
 *
 * @see PyTorch, torch/serialization.py, `_save` and `_load`.
 */
export async function parseZipPth(
  bytes: Uint8Array,
  { file, under, checksums }: PthOptions,
): Promise<Map<string, StoredTensor>> {
  const archive = await openZip(bytes, file, checksums);
  const pickles = archive.names.filter((name) => /(^|\/)data\.pkl$/.test(name));
  const [name] = pickles;
  if (name === undefined || pickles.length > 1) {
    throw badFile(
      file,
      `is a zip archive with ${pickles.length} data.pkl, where torch.save puts one`,
    );
  }
  const home = name.slice(0, -'data.pkl'.length);
  checkByteOrder(archive.read(`${home}byteorder`), file);
  const pickle = pickled(archive.read(name) as Uint8Array, 0, 'data.pkl', file);
  const read = (claim: StorageClaim) => {
    const held = archive.read(`${home}data/${claim.key}`);
    if (!held) throw lacking(file, claim.key);
    checkLength(claim, held.length, file);
    return held;
  };
  return stateDict(pickle.value, read, { file, under, bytes: bytes.length });
}

/**
 * Reads the tensors of a `.pth` file in the older format: pickles one after the other (magic number, version, machine, the
 * object, the order of the storages), then each storage with its length.
 *
 * @param bytes The whole file. The tensors are views on it.
 * @throws Error for a file that is damaged, lies about its sizes, or asks for more than data.
 *
 * @see PyTorch, torch/serialization.py, `_legacy_save` and `_legacy_load`.
 */
export function parseLegacyPth(
  bytes: Uint8Array,
  { file, under }: PthOptions,
): Map<string, StoredTensor> {
  const magic = pickled(bytes, 0, 'its magic number', file);
  const version = pickled(bytes, magic.end, 'its version', file);
  if (version.value !== 1001) {
    throw badFile(file, 'is of a version of the older format that is not known, 1001 is');
  }
  const machine = pickled(bytes, version.end, 'its machine', file);
  if (machine.value instanceof Map && machine.value.get('little_endian') === false) {
    throw bigEndian(file);
  }
  const object = pickled(bytes, machine.end, 'its object', file);
  const order = pickled(bytes, object.end, 'the order of its storages', file);
  const storages = readStorages(bytes, order, object.storages, file);
  const read = ({ key }: StorageClaim) => storages.get(key) as Uint8Array;
  return stateDict(object.value, read, { file, under, bytes: bytes.length });
}

/** The storages that follow the pickles, in the order that the last of those gives. */
function readStorages(
  bytes: Uint8Array,
  order: Unpickled,
  claims: ReadonlyMap<string, StorageClaim>,
  file: string,
): Map<string, Uint8Array> {
  if (!Array.isArray(order.value)) throw badFile(file, 'does not tell the order of its storages');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const storages = new Map<string, Uint8Array>();
  let at = order.end;
  for (const key of order.value) {
    const claim = claims.get(key as string);
    if (!claim || storages.has(claim.key)) {
      throw badFile(file, 'lists storages that its tensors are not in, or one twice');
    }
    if (bytes.length - at < 8) throw cutShort(file, claim);
    const count = view.getBigUint64(at, true);
    const size = bytesOfNumber(claim);
    if (count !== BigInt(claim.count)) {
      throw badFile(
        file,
        `has a storage of ${count} numbers where its tensors were promised ${claim.count}`,
      );
    }
    at += 8;
    if (bytes.length - at < claim.count * size) throw cutShort(file, claim);
    storages.set(claim.key, bytes.subarray(at, at + claim.count * size));
    at += claim.count * size;
  }
  const missing = [...claims.keys()].find((key) => !storages.has(key));
  if (missing !== undefined) throw lacking(file, missing);
  return storages;
}

/** Reads a pickle, and names the file where it cannot. */
function pickled(bytes: Uint8Array, at: number, what: string, file: string): Unpickled {
  try {
    return unpickle(bytes, at);
  } catch (error) {
    if (!(error instanceof PickleError)) throw error;
    throw badFile(file, `cannot be read: ${what} ${error.message}`);
  }
}

function checkLength(claim: StorageClaim, length: number, file: string): void {
  if (length !== claim.count * bytesOfNumber(claim)) {
    throw badFile(
      file,
      `claims ${claim.count} numbers of ${claim.dtype ?? 'one byte'} for a storage of ${length} bytes`,
    );
  }
}

function bytesOfNumber({ dtype }: StorageClaim): number {
  return dtype === null ? 1 : bytesOf(dtype);
}

function checkByteOrder(record: Uint8Array | undefined, file: string): void {
  if (record === undefined) return;
  const order = new TextDecoder().decode(record.subarray(0, 16)).trim();
  if (order === 'big') throw bigEndian(file);
  if (order !== 'little') throw badFile(file, `is of the byte order ${quoted(order)}`);
}

function bigEndian(file: string): Error {
  return badFile(
    file,
    'is big-endian, where little-endian is read; load it in Python and save it on a little-endian machine',
  );
}

function lacking(file: string, key: string): Error {
  return badFile(file, `lacks the storage ${quoted(key)} that its tensors are in`);
}

function cutShort(file: string, { count, dtype }: StorageClaim): Error {
  return badFile(file, `is cut short: a storage of ${count} ${dtype ?? 'bytes'} is not all there`);
}
