import type { ModelSummary } from '@bcl/models';
import { count } from '../../format.js';
import { escapeXml } from '../../sheet/svg.js';
import { metric, shapeText } from '../quantities.js';
import type { BoxKind } from './Box.js';
import { boxesOf } from './boxesOf.js';
import { columnsOf } from './columnsOf.js';
import {
  layoutColumn,
  linesOf,
  type PlacedColumn,
  type Point,
  type Rectangle,
} from './layoutColumn.js';

/** Fill and line of a box of each kind. */
const colors: Readonly<Record<BoxKind, [fill: string, line: string]>> = {
  input: ['#ffffff', '#5d6670'],
  conv: ['#dce8f7', '#2f6fc4'],
  dense: ['#fbe6cf', '#c9721c'],
  pool: ['#dcf0e1', '#2f8a4c'],
  join: ['#eadff4', '#7a4bab'],
  other: ['#eef0f2', '#5d6670'],
};

/** Distances, pixels. */
const gaps = { margin: 24, head: 66, columnTop: 46, between: 46 };

/**
 * A drawing of a network as SVG: a column for each of its stages, from left to right; convolutions with what follows them in one
 * box; blocks that repeat themselves drawn once.
 */
export function networkSvg(summary: ModelSummary): string {
  const columns = columnsOf(boxesOf(summary.layers)).map(layoutColumn);
  let left = gaps.margin;
  const placed = columns.map((column) => {
    const at = { column, left };
    left += column.width + gaps.between;
    return at;
  });
  const head = [
    `${count(summary.parameters)} parameters, ${metric(summary.multiplyAdds)} multiply-adds`,
    `${shapeText(summary.inputShape)} to ${summary.classes} classes`,
  ].join('; ');
  const width = Math.max(left - gaps.between + gaps.margin, 24 + head.length * 8);
  const top = gaps.head + gaps.columnTop;
  const height = top + Math.max(...columns.map((column) => column.height)) + gaps.margin;
  const size = `width="${Math.ceil(width)}" height="${Math.ceil(height)}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}">
<style>
text { font-family: "DejaVu Sans", Verdana, sans-serif; font-size: 11.5px; fill: #1d2126; }
.head { font-size: 20px; font-weight: bold; }
.stage { font-size: 13px; font-weight: bold; fill: #5d6670; }
.title { font-weight: bold; }
.soft { fill: #5d6670; }
.halo { paint-order: stroke; stroke: #f6f7f9; stroke-width: 5px; }
.edge { fill: none; stroke: #5d6670; stroke-width: 1.4; }
</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#5d6670"/></marker></defs>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${gaps.margin}" y="34" class="head">${escapeXml(summary.name)}</text>
<text x="${gaps.margin}" y="56" class="soft">${escapeXml(head)}</text>
${placed.map(({ column, left: x }) => columnSvg(column, x, top)).join('\n')}
${crossings(placed, top)}
</svg>
`;
}

function columnSvg(
  { column, blocks, ports, boxes, edges }: PlacedColumn,
  left: number,
  top: number,
) {
  const frames = blocks.map(({ block: { name, lastName, times }, at }) => {
    const [first, last] = [name, lastName].map((each) => each.split('.').at(-1) ?? '');
    const label =
      times > 1 ? `${first} … ${last?.replace(/^\D+/, '')}: ${times} times` : `${first}`;
    return {
      frame: `<rect ${rectangle(at)} rx="8" fill="#f6f7f9" stroke="#b9c0c7"${times > 1 ? ' stroke-width="2" stroke-dasharray="6 4"' : ''}/>`,
      label: `<text x="${round(at.x + at.width - 10)}" y="${round(at.y + at.height - 9)}" text-anchor="end" class="soft halo">${escapeXml(label)}</text>`,
    };
  });
  const shapes = boxes.map(({ box, at }) => {
    const [fill, line] = colors[box.kind];
    const lines = linesOf(box);
    const first = at.y + at.height / 2 - (lines.length - 1) * 7 + 4;
    const texts = lines.map(
      (text, i) =>
        `<text x="${round(at.x + at.width / 2)}" y="${round(first + 14 * i)}" text-anchor="middle" class="${i === 0 ? 'title' : 'soft'}">${escapeXml(text)}</text>`,
    );
    return `<rect ${rectangle(at)} rx="6" fill="${fill}" stroke="${line}"/>\n${texts.join('\n')}`;
  });
  const incoming = ports.map(
    ({ from, at }) =>
      `<rect ${rectangle(at)} rx="11" fill="#ffffff" stroke="#b9c0c7"/>
<text x="${round(at.x + at.width / 2)}" y="${round(at.y + 15)}" text-anchor="middle" class="soft">${escapeXml(shapeText(from.shape))}</text>`,
  );
  return `<g transform="translate(${round(left)} ${top})">
<text x="20" y="-26" class="stage">${escapeXml(column.title.replace(/^features\./, ''))}</text>
${[...frames.map(({ frame }) => frame), ...edges.map((points) => edge(points)), ...frames.map(({ label }) => label), ...incoming, ...shapes].join('\n')}
</g>`;
}

/** Edges from one column to another: out below a box, up between the columns, in from above. */
function crossings(placed: readonly { column: PlacedColumn; left: number }[], top: number): string {
  const boxes = placed.flatMap(({ column, left }) =>
    column.boxes.map(({ box, at }) => {
      const frame = column.blocks.find(({ block }) => block.boxes.includes(box))?.at;
      const end = frame ? frame.y + frame.height : at.y + at.height;
      return {
        box,
        x: left + at.x + at.width / 2,
        y: top + at.y + at.height,
        below: top + end + 12,
      };
    }),
  );
  return placed
    .flatMap(({ column, left }) =>
      column.ports.map(({ from, at }) => {
        const source = boxes.find(({ box }) => box === from);
        if (!source) throw new Error(`networkSvg: ${from.id} is not drawn`);
        const { x, y, below } = source;
        const to = { x: left + at.x + at.width / 2, y: top + at.y };
        const gutter = left - gaps.between / 2 + 6;
        return edge([
          { x, y },
          { x, y: below },
          { x: gutter, y: below },
          { x: gutter, y: to.y - 15 },
          { x: to.x, y: to.y - 15 },
          to,
        ]);
      }),
    )
    .join('\n');
}

/** A line through points, its corners rounded. */
function edge(points: readonly Point[]): string {
  const corner = 9;
  const [first, ...rest] = points as [Point, ...Point[]];
  let path = `M${round(first.x)} ${round(first.y)}`;
  let from = first;
  for (const [i, point] of rest.entries()) {
    const next = rest[i + 1];
    if (!next) {
      path += `L${round(point.x)} ${round(point.y)}`;
      break;
    }
    const before = towards(point, from, corner);
    const after = towards(point, next, corner);
    path += `L${round(before.x)} ${round(before.y)}Q${round(point.x)} ${round(point.y)} ${round(after.x)} ${round(after.y)}`;
    from = point;
  }
  return `<path d="${path}" class="edge" marker-end="url(#arrow)"/>`;
}

/** The point at most `distance` from one to another, and at most half way. */
function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const share = length === 0 ? 0 : Math.min(0.5, distance / length);
  return { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) };
}

function rectangle({ x, y, width, height }: Rectangle): string {
  return `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
