import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';

/** A tensor to be put into a `.pth`, in PyTorch's layout. */
export interface PthTensor {
  name: string;
  shape: number[];
  values: Float32Array | BigInt64Array;
}

/** Writes the operations of a pickle, protocol 2. */
export class Pickler {
  readonly #parts: Uint8Array[] = [Uint8Array.of(0x80, 2)];

  /** Operations as bytes and as the letters that stand for them. */
  op(...codes: (string | number | Uint8Array)[]): this {
    for (const code of codes) {
      this.#parts.push(
        typeof code === 'number'
          ? Uint8Array.of(code)
          : typeof code === 'string'
            ? utf8(code)
            : code,
      );
    }
    return this;
  }

  text(text: string): this {
    const bytes = utf8(text);
    return this.op('X', u32(bytes.length), bytes);
  }

  int(value: number): this {
    return value >= 0 && value < 256 ? this.op('K', value) : this.op('J', u32(value));
  }

  global(module: string, name: string): this {
    return this.op(`c${module}\n${name}\n`);
  }

  ints(values: readonly number[]): this {
    this.op('(');
    for (const value of values) this.int(value);
    return this.op('t');
  }

  /** `torch._utils._rebuild_tensor_v2` of the whole of a storage. */
  tensor({ shape, values }: Omit<PthTensor, 'name'>, key: string, legacy = false): this {
    const type = values instanceof Float32Array ? 'FloatStorage' : 'LongStorage';
    this.global('torch._utils', '_rebuild_tensor_v2').op('((').text('storage');
    this.global('torch', type).text(key).text('cpu').int(values.length);
    if (legacy) this.op('N');
    this.op('tQ').int(0).ints(shape).ints(stridesOf(shape));
    return this.op(0x89).orderedDict().op('tR');
  }

  orderedDict(): this {
    return this.global('collections', 'OrderedDict').op(')R');
  }

  /** An `OrderedDict` of tensors, whose storages are named by their numbers. */
  stateDict(tensors: readonly PthTensor[], legacy = false): this {
    this.orderedDict().op('(');
    for (const [i, tensor] of tensors.entries()) {
      this.text(tensor.name).tensor(tensor, String(i), legacy);
    }
    return this.op('u');
  }

  done(): Uint8Array {
    return concat([...this.#parts, utf8('.')]);
  }
}

export interface ZipPthOptions {
  /** Instead of the pickle of the tensors. */
  pickle?: Uint8Array;
  /** The record `byteorder`; none unless told. */
  byteOrder?: string;
  /** Whether the archive is in the zip64 format. */
  zip64?: boolean;
}

/** A `.pth` in the zip format, as `torch.save` writes it. */
export async function zipPth(
  tensors: readonly PthTensor[],
  {
    pickle = new Pickler().stateDict(tensors).done(),
    byteOrder,
    zip64 = false,
  }: ZipPthOptions = {},
): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { level: 0, zip64, useWebWorkers: false });
  const add = (name: string, bytes: Uint8Array) =>
    zip.add(`archive/${name}`, new Uint8ArrayReader(bytes));
  await add('data.pkl', pickle);
  if (byteOrder !== undefined) await add('byteorder', utf8(byteOrder));
  for (const [i, { values }] of tensors.entries()) await add(`data/${i}`, bytesOf(values));
  await add('version', utf8('3\n'));
  return zip.close();
}

export interface LegacyPthOptions {
  pickle?: Uint8Array;
  littleEndian?: boolean;
}

/** A `.pth` in the format before PyTorch 1.6. */
export function legacyPth(
  tensors: readonly PthTensor[],
  {
    pickle = new Pickler().stateDict(tensors, true).done(),
    littleEndian = true,
  }: LegacyPthOptions = {},
): Uint8Array {
  const magic = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  const order = new Pickler().op('](');
  for (const [i] of tensors.entries()) order.text(String(i));
  return concat([
    new Pickler().op(0x8a, 10, Uint8Array.from(magic)).done(),
    new Pickler().int(1001).done(),
    new Pickler()
      .op('}(')
      .text('little_endian')
      .op(littleEndian ? 0x88 : 0x89, 'u')
      .done(),
    pickle,
    order.op('e').done(),
    ...tensors.flatMap(({ values }) => [u32(values.length), u32(0), bytesOf(values)]),
  ]);
}

/** Bytes one after the other. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((all, size) => all * size, 1));
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function u32(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
