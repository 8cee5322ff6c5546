import { checkCount, show } from '../dataset.js';
import type { StreamExample } from '../stream.js';
import type { ImageDecoder } from './imageDecoder.js';
import { mapOrdered } from './mapOrdered.js';

/** What becomes of images that cannot be read, and how far ahead others are. */
export interface ReadingOptions {
  /**
   * Called for each image that cannot be decoded, which is left out then. Without it the first such image ends
   * the loop with an error that names it.
   */
  readonly onUnreadable?: (unreadable: Unreadable) => void;
  /**
   * Images that are decoded ahead of the loop, at most; so many are held. Give at least a batch where the loop keeps
   * the main thread busy for long. Default 32.
   */
  readonly ahead?: number;
}

/** An image that could not be read. */
export interface Unreadable {
  /** What a message calls it: its path, or its name and the archive's. */
  readonly where: string;
  readonly key: string;
  readonly error: Error;
}

/** An image that is to be decoded. */
export interface Encoded {
  readonly key: string;
  readonly place: number;
  /** As a message names it. */
  readonly where: string;
  /** Its path or its bytes, and its class; what throws counts as an image that cannot be read. */
  readonly read: () => { image: string | Uint8Array; label: number };
}

/** Images decoded ahead. */
const DEFAULT_AHEAD = 32;

/** Decodes images as they come, in their order. */
export async function* decodeAll(
  caller: string,
  encoded: AsyncGenerator<Encoded, void, undefined>,
  decode: ImageDecoder,
  { onUnreadable, ahead = DEFAULT_AHEAD }: ReadingOptions,
): AsyncGenerator<StreamExample, void, undefined> {
  type Result = StreamExample | Unreadable;
  const decoded = mapOrdered(
    encoded,
    ahead,
    async ({ key, place, where, read }): Promise<Result> => {
      try {
        const { image, label } = read();
        return { image: await decode(image), label, key, place };
      } catch (cause) {
        const error = new Error(`${caller}: cannot read ${where}: ${reason(caller, cause)}`, {
          cause,
        });
        if (!onUnreadable) throw error;
        return { where, key, error };
      }
    },
  );
  for await (const result of decoded) {
    if ('error' in result) onUnreadable?.(result);
    else yield result;
  }
}

/** What the decoder or our own reader says, in one line. */
function reason(caller: string, cause: unknown): string {
  const line = (cause as Error).message.trim().replace(/\s*\n\s*/g, '; ');
  return line.startsWith(`${caller}: `) ? line.slice(caller.length + 2) : line;
}

/** Refuses reading options that are out of range. */
export function checkReading(caller: string, { ahead, onUnreadable }: ReadingOptions): void {
  if (ahead !== undefined) checkCount(caller, 'ahead', ahead);
  if (onUnreadable !== undefined && typeof onUnreadable !== 'function') {
    throw new TypeError(`${caller}: onUnreadable must be a function, got ${show(onUnreadable)}`);
  }
}
