/** Sides and channels of a CIFAR image. */
export const CIFAR_SHAPE = [32, 32, 3] as const;

/** Bytes of one channel of an image, 32 × 32. */
const PLANE = 32 * 32;

/** Bytes of one image. */
export const IMAGE_BYTES: number = 3 * PLANE;

/** Bytes of a CIFAR-10 record: the label, then the red, the green and the blue plane. */
export const RECORD_BYTES: number = 1 + IMAGE_BYTES;

/** Bytes of a CIFAR-100 record: it has a coarse label before the fine one. */
const CIFAR100_RECORD_BYTES = 2 + IMAGE_BYTES;

/** Where the data set is to be had; errors point there. */
export const CIFAR_HOME = 'https://www.cs.toronto.edu/~kriz/cifar.html';

/** Raw records of one `.bin` file, or the first of them. */
export interface CifarPart {
  /** The file, as a message names it. */
  readonly where: string;
  /** Bytes of the whole file, whatever part of it was read. */
  readonly size: number;
  /** Whole records. */
  readonly bytes: Uint8Array;
}

/** How many records a `.bin` file of `size` bytes holds; refuses one that holds no whole number of them. */
export function countRecords(where: string, size: number): number {
  if (size === 0) {
    throw new Error(`cifar10: ${where} is empty; download it again from ${CIFAR_HOME}`);
  }
  if (size % RECORD_BYTES === 0) return size / RECORD_BYTES;
  const expected = `expected a multiple of ${RECORD_BYTES} bytes (one label and 3 x 32 x 32 pixels)`;
  if (size % CIFAR100_RECORD_BYTES === 0) {
    throw new Error(
      `cifar10: ${where}: ${expected}, got ${size}, which is ${size / CIFAR100_RECORD_BYTES} records of CIFAR-100 (${CIFAR100_RECORD_BYTES} bytes each); give CIFAR-10's binary version, ${CIFAR_HOME}`,
    );
  }
  throw new Error(
    `cifar10: ${where}: ${expected}, got ${size}: ${Math.floor(size / RECORD_BYTES)} records and ${size % RECORD_BYTES} bytes of one more; it was cut short or is another format, download it again from ${CIFAR_HOME}`,
  );
}

/** Writes the records of `part` as labels and pixels `[H, W, C]`, from record `at` on. */
export function decodeRecords(
  part: CifarPart,
  images: Uint8Array,
  labels: Uint8Array,
  at: number,
): void {
  const { bytes, where } = part;
  const records = bytes.length / RECORD_BYTES;
  let to = at * IMAGE_BYTES;
  for (let record = 0; record < records; record++) {
    let red = record * RECORD_BYTES;
    const label = bytes[red++] as number;
    if (label > 9) throw badLabel(where, record, label, part.size);
    labels[at + record] = label;
    for (const end = red + PLANE; red < end; red++, to += 3) {
      images[to] = bytes[red] as number;
      images[to + 1] = bytes[red + PLANE] as number;
      images[to + 2] = bytes[red + 2 * PLANE] as number;
    }
  }
}

function badLabel(where: string, record: number, label: number, size: number): Error {
  const hint =
    size % CIFAR100_RECORD_BYTES === 0
      ? `its size is also a multiple of ${CIFAR100_RECORD_BYTES} bytes: is this CIFAR-100?`
      : `the file is damaged or of another format, download it again from ${CIFAR_HOME}`;
  return new RangeError(
    `cifar10: ${where}: labels must be 0..9, got ${label} in record ${record}; ${hint}`,
  );
}
