/** Offset basis and prime of 32-bit FNV-1a (Fowler, Noll, Vo). */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Four 32-bit integers from a text, never all zero: FNV-1a over the UTF-16 units with the lane
 * number first, then the finaliser of MurmurHash3, which lets every bit of the sum change every
 * bit of the word.
 */
export function hashWords(text: string): number[] {
  const words = [0, 1, 2, 3].map((lane) => {
    let hash = Math.imul(FNV_OFFSET ^ lane, FNV_PRIME);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      hash = Math.imul(hash ^ (unit & 0xff), FNV_PRIME);
      hash = Math.imul(hash ^ (unit >>> 8), FNV_PRIME);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) | 0;
  });
  return words.every((word) => word === 0) ? [1, 0, 0, 0] : words;
}
