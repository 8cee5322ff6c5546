import type { FileEntry } from '@zip.js/zip.js';
import { badFile, quoted } from '../badFile.js';

/** What can be taken out of a zip archive. */
export interface Archive {
  /** Names of all members, in the archive's order. */
  names: readonly string[];
  /**
   * The bytes of a member, a view on the archive; undefined where there is none of that name.
   *
   * @throws Error when they are not those that were put in.
   */
  read(name: string): Uint8Array | undefined;
}

/** A member whose bytes are found. */
interface Member {
  bytes: Uint8Array;
  checksum: number | undefined;
}

/** Members that an archive may have: one for each tensor of the largest networks, and many more. */
const MOST_MEMBERS = 50_000;

/**
 * Opens a zip archive whose members are stored without compression, as PyTorch writes them, zip64 or not. Sizes, places and
 * overlaps are checked before anything is read.
 *
 * @param bytes The whole archive.
 * @param file What to call it in errors.
 * @param checksums Whether members are compared with their checksums when they are read.
 */
export async function openZip(
  bytes: Uint8Array,
  file: string,
  checksums: boolean,
): Promise<Archive> {
  const [members, { default: crc32 }] = await Promise.all([
    findMembers(bytes, file),
    import('crc-32'),
  ]);
  return {
    names: [...members.keys()],
    read(name) {
      const member = members.get(name);
      if (!member) return undefined;
      if (checksums && crc32.buf(member.bytes) >>> 0 !== member.checksum) {
        throw badFile(
          file,
          `is damaged: ${quoted(name)} does not fit its checksum; if it was written without checksums, pass { checksums: false }`,
        );
      }
      return member.bytes;
    },
  };
}

/** Where each member lies. */
async function findMembers(bytes: Uint8Array, file: string): Promise<Map<string, Member>> {
  const { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } = await import('@zip.js/zip.js');
  const members = new Map<string, Member>();
  try {
    const zip = new ZipReader(new Uint8ArrayReader(bytes), { useWebWorkers: false });
    for await (const entry of zip.getEntriesGenerator()) {
      if (entry.directory) continue;
      if (members.size === MOST_MEMBERS) throw new Error('far too many members');
      if (members.has(entry.filename)) throw new Error('two members of one name');
      // Finds and checks the place of the member, and reads nothing.
      await entry.getData(new Uint8ArrayWriter(), { checkOverlappingEntryOnly: true });
      members.set(entry.filename, memberOf(entry, bytes));
    }
  } catch (error) {
    const { message } = error as Error;
    throw badFile(file, `is no sound zip archive: ${message}; it may be cut short`);
  }
  return members;
}

function memberOf(entry: FileEntry, bytes: Uint8Array): Member {
  const { compressedSize, uncompressedSize, localDirectory } = entry;
  if (entry.encrypted || entry.compressionMethod !== 0 || compressedSize !== uncompressedSize) {
    throw new Error('a member that is compressed or encrypted, as PyTorch writes none');
  }
  const start = localDirectory?.dataOffset;
  if (start === undefined || start + compressedSize > bytes.length) {
    throw new Error('a member that lies outside of it');
  }
  return { bytes: bytes.subarray(start, start + compressedSize), checksum: entry.crc32 };
}
