import { badFile } from './badFile.js';
import { nodeModule } from './nodeModule.js';

/** A weight file: a path, a URL to fetch, a file of a browser, or its bytes. */
export type WeightSource = string | URL | Blob | ArrayBuffer | ArrayBufferView;

/** The bytes of a file, and what to call it in errors. */
export interface NamedBytes {
  file: string;
  bytes: Uint8Array;
}

/**
 * The bytes of a weight file. In Node a string is a path unless it begins with `http:`, `https:`, `data:` or `file:`; in a
 * browser it is a URL.
 */
export async function sourceBytes(source: WeightSource): Promise<NamedBytes> {
  if (source instanceof ArrayBuffer) {
    return { file: 'the buffer given', bytes: new Uint8Array(source) };
  }
  if (ArrayBuffer.isView(source)) {
    const { buffer, byteOffset, byteLength } = source;
    return { file: 'the bytes given', bytes: new Uint8Array(buffer, byteOffset, byteLength) };
  }
  if (typeof Blob !== 'undefined' && source instanceof Blob) {
    const file = 'name' in source ? String(source.name) : 'the blob given';
    return { file, bytes: new Uint8Array(await source.arrayBuffer()) };
  }
  if (source instanceof URL || (typeof source === 'string' && source !== '')) {
    const path = pathOf(source);
    return path === undefined ? fetched(String(source)) : readFile(path);
  }
  throw new TypeError(
    `readWeights: source must be a path, a URL, a file or bytes, got ${source === '' ? 'an empty string' : typeof source}`,
  );
}

/** The path on disk that a source names, in Node; undefined for what is to be fetched. */
export function pathOf(source: string | URL): string | undefined {
  const text = String(source);
  const url = nodeModule<typeof import('node:url')>('node:url');
  if (!url || /^(https?|data|blob):/i.test(text)) return undefined;
  return /^file:/i.test(text) ? url.fileURLToPath(text) : text;
}

async function readFile(path: string): Promise<NamedBytes> {
  const { open } = nodeModule('node:fs/promises') as typeof import('node:fs/promises');
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw badFile(path, whyNot(error));
  });
  try {
    const info = await handle.stat();
    if (!info.isFile()) throw badFile(path, 'is no file');
    // One read into memory of its size: readFile goes piece by piece, which takes longer.
    const bytes = new Uint8Array(info.size);
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, at);
      if (bytesRead === 0) throw badFile(path, 'became shorter while it was read');
      at += bytesRead;
    }
    return { file: path, bytes };
  } finally {
    await handle.close();
  }
}

async function fetched(url: string): Promise<NamedBytes> {
  // A data URL is the file itself, too long for a message.
  const file = url.length > 200 ? `${url.slice(0, 60)}…` : url;
  const response = await fetch(url).catch((error: Error) => {
    const { cause } = error as { cause?: Error };
    throw badFile(file, `cannot be fetched: ${cause?.message || error.message}`);
  });
  if (!response.ok) {
    throw badFile(
      file,
      `cannot be fetched: the server said ${response.status} ${response.statusText}`.trim(),
    );
  }
  try {
    return { file, bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch (error) {
    throw badFile(file, `cannot be fetched: ${(error as Error).message}`);
  }
}

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'does not exist';
  return `cannot be read: ${message}`;
}
