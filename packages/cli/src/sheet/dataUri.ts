import { encode } from 'fast-png';
import type { Picture } from './Picture.js';

/** A picture as a data URI of a PNG. */
export function dataUri({ width, height, data }: Picture): string {
  const png = encode({ width, height, data, channels: 3, depth: 8 });
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
