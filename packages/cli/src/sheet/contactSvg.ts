import type { ClassSample } from './classSamples.js';
import { enlarged, type Picture } from './Picture.js';
import { shortened, svgDocument, text } from './svg.js';

/** Distances on a contact sheet, pixels. */
const gaps = { margin: 20, titles: 170, between: 4 };

/** Sides of one image, pixels: large where there are few classes; images are enlarged by whole numbers to about this. */
const wanted = (classes: number) => (classes > 20 ? 32 : 64);

/** Where things are on a contact sheet, in pixels. */
export interface ContactLayout {
  scale: number;
  width: number;
  height: number;
  /** Left edge of a column. */
  x: (column: number) => number;
  /** Top edge of a row. */
  y: (row: number) => number;
}

/** Lays out a row for each class. */
export function contactLayout(
  { width, height }: { width: number; height: number },
  classes: number,
  columns: number,
): ContactLayout {
  const scale = Math.max(1, Math.round(wanted(classes) / Math.max(width, height)));
  const stepX = width * scale + gaps.between;
  const stepY = Math.max(24, height * scale) + gaps.between;
  return {
    scale,
    width: 2 * gaps.margin + gaps.titles + columns * stepX - gaps.between,
    height: 2 * gaps.margin + classes * stepY - gaps.between,
    x: (column) => gaps.margin + gaps.titles + column * stepX,
    y: (row) => gaps.margin + row * stepY,
  };
}

/**
 * Some images of each class as SVG, a row a class, with its name and how many images it has.
 *
 * @param encode Makes a data URI of a picture.
 */
export function contactSvg(
  samples: readonly ClassSample[],
  encode: (picture: Picture) => string,
): string {
  const first = samples.find(({ pictures }) => pictures.length > 0)?.pictures[0];
  if (first === undefined) throw new RangeError('contactSvg: a sheet needs an image, got none');
  const columns = Math.max(...samples.map(({ pictures }) => pictures.length));
  const at = contactLayout(first, samples.length, columns);
  const rows = samples.map(({ className, total, pictures }, row) =>
    [
      text(shortened(className, gaps.titles), gaps.margin, at.y(row) + 12, 'name'),
      text(`${total} images`, gaps.margin, at.y(row) + 24, 'soft'),
      ...pictures.map((picture, column) => {
        const { width, height } = picture;
        const size = `width="${width * at.scale}" height="${height * at.scale}"`;
        return `<image x="${at.x(column)}" y="${at.y(row)}" ${size} xlink:href="${encode(enlarged(picture, at.scale))}"/>`;
      }),
    ].join('\n'),
  );
  return svgDocument(at, '.name { font-weight: bold; }\n.soft { font-size: 10px; }', rows);
}
