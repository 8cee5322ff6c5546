/** Sides of one image on a sheet, pixels; images are enlarged by whole numbers to about this. */
const wanted = 128;

/** Where things are on a sheet, in pixels. */
export interface Layout {
  /** How many times each image is enlarged. */
  scale: number;
  cellWidth: number;
  cellHeight: number;
  width: number;
  height: number;
  /** Left edge of a column. */
  x: (column: number) => number;
  /** Top edge of a row of pictures: image 1, image 2, then the mixes. */
  y: (row: number) => number;
  ratioTop: number;
  labelTop: number;
  captionTop: number;
}

/** Distances on a sheet, pixels. */
export const gaps = {
  margin: 20,
  titles: 132,
  between: 14,
  name: 20,
  ratio: 34,
  label: 62,
  caption: 40,
};

/** Lays out a sheet of `columns` pairs of images with `mixes` rows of mixes. */
export function layout(
  { width, height }: { width: number; height: number },
  columns: number,
  mixes: number,
): Layout {
  const scale = Math.max(1, Math.round(wanted / Math.max(width, height)));
  const cellWidth = width * scale;
  const cellHeight = height * scale;
  const imageRow = cellHeight + gaps.name;
  const ratioTop = gaps.margin + 2 * (imageRow + gaps.between / 2);
  const mixTop = ratioTop + gaps.ratio;
  const labelTop = mixTop + mixes * (cellHeight + gaps.between);
  const captionTop = labelTop + gaps.label;
  return {
    scale,
    cellWidth,
    cellHeight,
    width: gaps.margin * 2 + gaps.titles + columns * (cellWidth + gaps.between) - gaps.between,
    height: captionTop + gaps.caption + gaps.margin / 2,
    x: (column) => gaps.margin + gaps.titles + column * (cellWidth + gaps.between),
    y: (row) =>
      row < 2
        ? gaps.margin + row * (imageRow + gaps.between / 2)
        : mixTop + (row - 2) * (cellHeight + gaps.between),
    ratioTop,
    labelTop,
    captionTop,
  };
}
