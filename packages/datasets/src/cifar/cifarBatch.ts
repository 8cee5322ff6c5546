import { PickledArray, text } from '../python/pickleGlobals.js';
import { type Pickled, unpickle } from '../python/unpickle.js';
import {
  CIFAR_HOME,
  type CifarKind,
  type CifarLayout,
  IMAGE_BYTES,
  PLANE,
  recordBytes,
} from './cifarKind.js';

/** Images of one file, channel after channel as the file has them. */
export interface CifarBatch {
  /** The file, as a message names it. */
  readonly where: string;
  /** Images of the whole file, whatever part of it was read. */
  readonly total: number;
  /** Images that are here. */
  readonly count: number;
  /** Holds the pixels of image `i` from byte `i · stride + offset` on. */
  readonly bytes: Uint8Array;
  readonly stride: number;
  readonly offset: number;
  /** The label asked for, of image `i`. */
  readonly label: (i: number) => number;
}

/** How many records a file of `size` bytes holds; refuses one that holds no whole number of them. */
export function countRecords(kind: CifarKind, where: string, size: number): number {
  const { caller, title } = kind;
  const record = recordBytes(kind);
  if (size === 0) {
    throw new Error(`${caller}: ${where} is empty; download it again from ${CIFAR_HOME}`);
  }
  if (size % record === 0) return size / record;
  const labels = ['one label', 'two labels'][kind.labels.length - 1];
  const expected = `expected a multiple of ${record} bytes (${labels} and 3 x 32 x 32 pixels)`;
  const other = otherSet(kind);
  if (size % other.record === 0) {
    throw new Error(
      `${caller}: ${where}: ${expected}, got ${size}, which is ${size / other.record} records of ${other.title} (${other.record} bytes each); give ${title}'s binary version, ${CIFAR_HOME}`,
    );
  }
  throw new Error(
    `${caller}: ${where}: ${expected}, got ${size}: ${Math.floor(size / record)} records and ${size % record} bytes of one more; it was cut short or is another format, download it again from ${CIFAR_HOME}`,
  );
}

/** The images in some whole records of a binary file that has `size` bytes. */
export function binaryBatch(
  kind: CifarKind,
  where: string,
  size: number,
  bytes: Uint8Array,
): CifarBatch {
  const stride = recordBytes(kind);
  const asked = kind.labels.indexOf(kind.label);
  const count = bytes.length / stride;
  for (let i = 0; i < count; i++) {
    for (const [k, { classNames, title }] of kind.labels.entries()) {
      const label = bytes[i * stride + k] as number;
      if (label < classNames.length) continue;
      const other = otherSet(kind);
      const hint =
        size % other.record === 0
          ? `its size is also a multiple of ${other.record} bytes: is this ${other.title}?`
          : `the file is damaged or of another format, download it again from ${CIFAR_HOME}`;
      throw new RangeError(
        `${kind.caller}: ${where}: ${title}labels must be 0..${classNames.length - 1}, got ${label} in record ${i}; ${hint}`,
      );
    }
  }
  const label = (i: number) => bytes[i * stride + asked] as number;
  return { where, total: size / stride, count, bytes, stride, offset: kind.labels.length, label };
}

/** The first `limit` images in a whole file of the Python version. */
export function pythonBatch(
  kind: CifarKind,
  where: string,
  bytes: Uint8Array,
  limit: number,
): CifarBatch {
  const { caller, label, title } = kind;
  const pickled = unpickle(bytes, `${caller}: ${where}`);
  const data = entry(pickled, 'data');
  if (!(data instanceof PickledArray && data.data instanceof Uint8Array)) {
    throw new Error(
      `${caller}: ${where} must hold the bytes of images as 'data'${keysOf(pickled)}; give ${title}'s Python version, ${CIFAR_HOME}`,
    );
  }
  const [total = 0] = data.shape;
  if (total === 0 || data.data.length !== total * IMAGE_BYTES) {
    throw new Error(
      `${caller}: ${where}: 'data' must be of shape [N, ${IMAGE_BYTES}], got [${data.shape.join(', ')}]; give ${title}'s Python version, ${CIFAR_HOME}`,
    );
  }
  const labels = numbers(entry(pickled, label.key));
  if (labels?.length !== total) {
    throw new Error(
      `${caller}: ${where} must hold ${total} numbers as '${label.key}', one an image, got ${labels ? labels.length : 'none'}${keysOf(pickled)}`,
    );
  }
  const count = Math.min(limit, total);
  for (let i = 0; i < count; i++) {
    if (isClass(labels[i], label.classNames.length)) continue;
    throw new RangeError(
      `${caller}: ${where}: ${label.title}labels must be 0..${label.classNames.length - 1}, got ${labels[i]} for image ${i}; the file is damaged, download it again from ${CIFAR_HOME}`,
    );
  }
  return {
    where,
    total,
    count,
    bytes: data.data,
    stride: IMAGE_BYTES,
    offset: 0,
    label: (i) => labels[i] as number,
  };
}

/** Writes the first `count` images of a batch as labels and pixels `[H, W, C]`, from image `at` on. */
export function decodeBatch(
  { bytes, stride, offset, label }: CifarBatch,
  count: number,
  { images, labels, at }: { images: Uint8Array; labels: Uint8Array; at: number },
): void {
  let to = at * IMAGE_BYTES;
  for (let i = 0; i < count; i++) {
    labels[at + i] = label(i);
    let red = i * stride + offset;
    for (const end = red + PLANE; red < end; red++, to += 3) {
      images[to] = bytes[red] as number;
      images[to + 1] = bytes[red + PLANE] as number;
      images[to + 2] = bytes[red + 2 * PLANE] as number;
    }
  }
}

/** The names of the classes, out of the file that lists them. */
export function parseNames(
  { caller, label }: CifarKind,
  { version, meta }: CifarLayout,
  source: string,
  bytes: Uint8Array,
): string[] {
  const names =
    version === 'binary'
      ? new TextDecoder().decode(bytes).split('\n')
      : strings(entry(unpickle(bytes, `${caller}: ${meta} in ${source}`), label.namesKey));
  const filled = names.map((name) => name.trim()).filter((name) => name !== '');
  if (filled.length !== label.classNames.length) {
    throw new Error(
      `${caller}: ${meta} in ${source} must name ${label.classNames.length} classes, one a line, got ${filled.length}`,
    );
  }
  return filled;
}

/** The other of the two sets, for hints. */
function otherSet({ caller }: CifarKind): { title: string; record: number } {
  return caller === 'cifar10'
    ? { title: 'CIFAR-100', record: IMAGE_BYTES + 2 }
    : { title: 'CIFAR-10', record: IMAGE_BYTES + 1 };
}

function entry(pickled: Pickled, key: string): Pickled | undefined {
  return pickled instanceof Map ? pickled.get(key) : undefined;
}

/** What a pickle holds instead, for a message. */
function keysOf(pickled: Pickled): string {
  if (!(pickled instanceof Map)) return ', got no dict';
  return `, got a dict with ${[...pickled.keys()].slice(0, 8).join(', ') || 'nothing in it'}`;
}

/** Numbers of a list or an array. */
function numbers(value: Pickled | undefined): ArrayLike<Pickled> | undefined {
  if (value instanceof PickledArray) return value.data;
  return Array.isArray(value) ? value : undefined;
}

function isClass(value: unknown, classes: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < classes;
}

function strings(value: Pickled | undefined): string[] {
  return Array.isArray(value) ? value.map((each) => text(each) ?? '') : [];
}
