import { gaps, type Layout, layout } from './layout.js';
import type { MixSample, ShownMethod } from './mixSamples.js';
import { enlarged, type Picture } from './Picture.js';
import { escapeXml, shortened, svgDocument, text } from './svg.js';

/** Colours of a label's two parts. */
const colors = ['#2f6fc4', '#e08a2e'];

const titles: Record<ShownMethod, { name: string; formula: string; caption: string }> = {
  bc: {
    name: 'BC',
    formula: 'r x₁ + (1 − r) x₂',
    caption: 'BC mixes pixel values: r is the share of image 1.',
  },
  'bc+': {
    name: 'BC+',
    formula: 'mixed as waves',
    caption:
      'BC+ takes each image’s own mean away and mixes by contrast; the result has mean zero and is drawn around mid grey.',
  },
};

/**
 * A sheet of mixed samples as SVG: a column a pair, and below each other image 1, image 2, the
 * ratio, the mixes and the label as a bar.
 *
 * @param encode Makes a data URI of a picture.
 */
export function sheetSvg(
  samples: readonly MixSample[],
  encode: (picture: Picture) => string,
): string {
  const sample = samples[0];
  if (sample === undefined) throw new RangeError('sheetSvg: a sheet needs a sample, got none');
  const methods = sample.mixes.map(({ method }) => method);
  const at = layout(sample.first, samples.length, methods.length);
  const image = ({ picture, column, row }: { picture: Picture; column: number; row: number }) =>
    `<image x="${at.x(column)}" y="${at.y(row)}" width="${at.cellWidth}" height="${at.cellHeight}" xlink:href="${encode(enlarged(picture, at.scale))}"/>`;
  const columns = samples.map((each, column) =>
    [
      image({ picture: each.first, column, row: 0 }),
      centred(each.firstClass, at, column, at.y(0) + at.cellHeight + 15, 'soft'),
      image({ picture: each.second, column, row: 1 }),
      centred(each.secondClass, at, column, at.y(1) + at.cellHeight + 15, 'soft'),
      centred(`r = ${each.ratio.toFixed(2)}`, at, column, at.ratioTop + 20, 'ratio'),
      ...each.mixes.map(({ picture }, k) => image({ picture, column, row: 2 + k })),
      label(each, at, column),
    ].join('\n'),
  );
  const style = `.title { font-size: 15px; font-weight: bold; }
.ratio { font-size: 14px; font-weight: bold; }`;
  const captions = methods.map((method, line) =>
    text(titles[method].caption, gaps.margin, at.captionTop + 16 + 17 * line, 'soft'),
  );
  return svgDocument(at, style, [rowTitles(methods, at), ...columns, ...captions]);
}

function rowTitles(methods: readonly ShownMethod[], at: Layout): string {
  const middle = (row: number) => at.y(row) + at.cellHeight / 2 + 5;
  const titled = (title: string, y: number, formula?: string) =>
    text(title, gaps.margin, y, 'title') +
    (formula ? text(formula, gaps.margin, y + 18, 'soft') : '');
  return [
    titled('image 1', middle(0), 'x₁'),
    titled('image 2', middle(1), 'x₂'),
    titled('ratio', at.ratioTop + 20),
    ...methods.map((method, k) =>
      titled(titles[method].name, middle(2 + k), titles[method].formula),
    ),
    titled('label', at.labelTop + 14),
  ].join('\n');
}

/** The label: a bar in two colours, and its classes with their shares. */
function label({ label: parts }: MixSample, at: Layout, column: number): string {
  let left = at.x(column);
  return parts
    .map(({ className, share }, k) => {
      const width = share * at.cellWidth;
      const top = at.labelTop + 22 + 17 * k;
      const drawn = `<rect x="${left.toFixed(2)}" y="${at.labelTop}" width="${width.toFixed(2)}" height="14" fill="${colors[k]}"/>
<rect x="${at.x(column)}" y="${top}" width="9" height="9" fill="${colors[k]}"/>
${text(shortened(className, at.cellWidth - 54), at.x(column) + 14, top + 9)}
<text x="${at.x(column) + at.cellWidth}" y="${top + 9}" text-anchor="end">${Math.round(100 * share)} %</text>`;
      left += width;
      return drawn;
    })
    .join('\n');
}

function centred(content: string, at: Layout, column: number, y: number, kind: string): string {
  const x = at.x(column) + at.cellWidth / 2;
  const short = shortened(content, at.cellWidth);
  return `<text x="${x}" y="${y}" class="${kind}" text-anchor="middle">${escapeXml(short)}</text>`;
}
