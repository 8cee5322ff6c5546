import { readEvent, type WrittenEvent } from '../testing/readEvent.js';
import { eventRecord } from './eventRecord.js';

/** The event of one record. */
function read(record: Uint8Array): WrittenEvent {
  const length = Number(new DataView(record.buffer).getBigUint64(0, true));
  expect(record).toHaveLength(length + 16);
  return readEvent(record.subarray(12, 12 + length));
}

describe('eventRecord', () => {
  test('writes numbers that the messages of TensorBoard decode to', () => {
    const scalars = { 'step/loss': 0.5, 'épochs/π': -(2 ** -20), big: 1e30 };
    expect(read(eventRecord({ scalars }, 2 ** 40 + 1, 1_700_000_000_250))).toEqual({
      wallTime: 1_700_000_000.25,
      step: 2 ** 40 + 1,
      scalars: { 'step/loss': 0.5, 'épochs/π': -(2 ** -20), big: Math.fround(1e30) },
    });
  });

  test('writes how a file and a session begin', () => {
    expect(read(eventRecord({ version: 'brain.Event:2' }, 1, 1000))).toEqual({
      wallTime: 1,
      step: 1,
      fileVersion: 'brain.Event:2',
    });
    expect(read(eventRecord({ begins: true }, 7, 1000))).toEqual({
      wallTime: 1,
      step: 7,
      sessionLog: { status: 'START' },
    });
  });

  test('is byte for byte what TensorBoard 2.21 writes', () => {
    // from tensorboard.compat.proto.event_pb2 import Event; from tensorboard.summary.writer.record_writer import RecordWriter
    // e = Event(wall_time=1.5, step=3); e.summary.value.add(tag='a', simple_value=0.25); RecordWriter(f).write(e.SerializeToString())
    const bytes = Buffer.from(eventRecord({ scalars: { a: 0.25 } }, 3, 1500));
    expect(bytes.toString('hex')).toBe(
      '1700000000000000e7cef81e09000000000000f83f10032a0a0a080a0161150000803e2e69947b',
    );
  });
});
