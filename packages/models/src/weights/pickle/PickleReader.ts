/** Where a pickle stops making sense; the file's name is added by who reads it. */
export class PickleError extends Error {}

/** Reads the pieces that a pickle is written in. Nothing is taken that is not there. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  /** Place of the next byte. */
  get at(): number {
    return this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  u64(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  /** Big-endian, alone in a pickle. */
  f64(): number {
    return this.#view.getFloat64(this.#skip(8), false);
  }

  /** A view of bytes. */
  bytes(count: number): Uint8Array {
    const start = this.#skip(count);
    return this.#bytes.subarray(start, start + count);
  }

  text(count: number): string {
    return decode(utf8, this.bytes(count));
  }

  /** Text of Python 2, a character a byte. */
  oldText(count: number): string {
    return decode(latin1, this.bytes(count));
  }

  /** Text up to the end of a line, which is passed over. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new PickleError('ends within a line');
    const text = this.text(end - this.#at);
    this.#at = end + 1;
    return text;
  }

  /** A whole number in two's complement, the least byte first. */
  long(count: number): number | bigint {
    if (count > 64) throw new PickleError(`holds a whole number of ${count} bytes`);
    const digits = this.bytes(count);
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(digits[i] as number);
    const signed = BigInt.asIntN(8 * count, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }

  /** Place before what is passed over. */
  #skip(count: number): number {
    const start = this.#at;
    if (!(count <= this.#bytes.length - start)) {
      throw new PickleError(
        `ends too early: ${count} bytes are to come after ${start}, where ${this.#bytes.length - start} are left`,
      );
    }
    this.#at = start + count;
    return start;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const latin1 = new TextDecoder('latin1');

function decode(decoder: TextDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new PickleError('holds text that is not UTF-8');
  }
}
