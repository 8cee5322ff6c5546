import type { ExampleStream, StreamExample } from './stream.js';

/** Refuses an example that is not what its stream says: another length, a class that there is not. */
export function checkExample(
  caller: string,
  { name, shape, classNames }: ExampleStream,
  { image, label, key }: StreamExample,
): void {
  const size = shape[0] * shape[1] * shape[2];
  if (!(image instanceof Uint8Array) || image.length !== size) {
    throw new RangeError(
      `${caller}: images of ${name} must be ${size} bytes, [${shape.join(', ')}], got ${image?.length} in ${key}`,
    );
  }
  if (!Number.isInteger(label) || label < 0 || label >= classNames.length) {
    throw new RangeError(
      `${caller}: labels of ${name} must be 0..${classNames.length - 1}, one for each of the ${classNames.length} class names, got ${label} for ${key}`,
    );
  }
}
