import crc32c from 'crc-32/crc32c.js';
import protobuf from 'protobufjs/minimal.js';

/** What an event of TensorBoard says. */
export type EventContent =
  /** The first of a file. */
  | { version: 'brain.Event:2' }
  /** A session begins: what an earlier one wrote of this step and of later ones counts for nothing. */
  | { begins: true }
  /** Numbers under their tags. */
  | { scalars: Readonly<Record<string, number>> };

/**
 * An event as it stands in a file of TensorBoard: a TensorFlow record whose content is a protocol buffer.
 *
 *     uint64 length,  uint32 masked CRC-32C of the length,  content,  uint32 masked CRC-32C of the content
 *
 * @param step Of the run.
 * @param time Milliseconds since 1970.
 *
 * @see TensorFlow, `core/lib/io/record_writer.h` for the record, `core/util/event.proto` and
 * `core/framework/summary.proto` for the content.
 */
export function eventRecord(content: EventContent, step: number, time: number): Uint8Array {
  const event = encodeEvent(content, step, time);
  const record = new Uint8Array(event.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(event.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(event, 12);
  view.setUint32(12 + event.length, maskedCrc(event), true);
  return record;
}

/** `Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; SessionLog session_log = 7 }` */
function encodeEvent(content: EventContent, step: number, time: number): Uint8Array {
  const writer = protobuf.Writer.create();
  writer.uint32(field(1, FIXED64)).double(time / 1000);
  writer.uint32(field(2, VARINT)).int64(step);
  if ('version' in content) {
    writer.uint32(field(3, BYTES)).string(content.version);
  } else if ('begins' in content) {
    // `SessionLog { SessionStatus status = 1 }`, and START is 1.
    writer.uint32(field(7, BYTES)).fork().uint32(field(1, VARINT)).int32(1).ldelim();
  } else {
    // `Summary { repeated Value value = 1 }`, `Value { string tag = 1; float simple_value = 2 }`
    writer.uint32(field(5, BYTES)).fork();
    for (const [tag, value] of Object.entries(content.scalars)) {
      writer.uint32(field(1, BYTES)).fork();
      writer.uint32(field(1, BYTES)).string(tag).uint32(field(2, FIXED32)).float(value).ldelim();
    }
    writer.ldelim();
  }
  return writer.finish();
}

/** Wire types of protocol buffers. */
const [VARINT, FIXED64, BYTES, FIXED32] = [0, 1, 2, 5] as const;

function field(number: number, wireType: number): number {
  return (number << 3) | wireType;
}

/** CRC-32C, turned and shifted as TensorFlow does, lest the CRC of what holds CRCs say little. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c.buf(bytes) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
