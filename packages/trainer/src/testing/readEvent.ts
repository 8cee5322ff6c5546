import protobuf from 'protobufjs';

/** What TensorBoard's own event.proto and summary.proto say of the messages that are written here. */
const Event = protobuf
  .parse(`
    syntax = "proto3";
    message Event {
      double wall_time = 1; int64 step = 2;
      oneof what { string file_version = 3; Summary summary = 5; SessionLog session_log = 7; }
    }
    message Summary {
      message Value { string tag = 1; oneof value { float simple_value = 2; } }
      repeated Value value = 1;
    }
    message SessionLog {
      enum SessionStatus { STATUS_UNSPECIFIED = 0; START = 1; }
      SessionStatus status = 1;
    }
  `)
  .root.lookupType('Event');

/** An event of TensorBoard, decoded. */
export interface WrittenEvent {
  wallTime: number;
  step: number;
  fileVersion?: string;
  sessionLog?: { status: string };
  scalars?: Record<string, number>;
}

/** Decodes the content of a record by the schema of TensorBoard. */
export function readEvent(content: Uint8Array): WrittenEvent {
  const { summary, ...event } = Event.toObject(Event.decode(content), {
    longs: Number,
    enums: String,
  }) as WrittenEvent & { summary?: { value: { tag: string; simpleValue: number }[] } };
  if (!summary) return event;
  const scalars = summary.value.map(({ tag, simpleValue }) => [tag, simpleValue]);
  return { ...event, scalars: Object.fromEntries(scalars) };
}
