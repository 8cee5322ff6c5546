import { lineStyle, palette } from '../report/lineStyle.js';

/** How the points of a class are drawn. */
export interface ClassMark {
  /** Custom property of the style sheet. */
  color: string;
  /** The same colour where there is no style sheet, on white. */
  onWhite: string;
  /** Corners of the mark, x and y in turn, from −1 to 1. */
  corners: number[];
}

/** A regular polygon, one corner up unless turned. */
function regular(corners: number, turned = 0): number[] {
  return Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * (i + turned)) / corners;
    return [Math.sin(angle), -Math.cos(angle)];
  }).flat();
}

const plus = [
  [-0.35, -1, 0.35, -1, 0.35, -0.35, 1, -0.35, 1, 0.35, 0.35, 0.35],
  [0.35, 1, -0.35, 1, -0.35, 0.35, -1, 0.35, -1, -0.35, -0.35, -0.35],
].flat();
const half = Math.SQRT1_2;
const cross = plus.map((_, i) => {
  const [x, y] = [plus[i - (i % 2)] as number, plus[i - (i % 2) + 1] as number];
  return half * (i % 2 === 0 ? x - y : x + y);
});

/** Disc, square, triangle, diamond, plus, cross. */
const shapes = [regular(16), regular(4, 0.5), regular(3), regular(4), plus, cross];

/** The mark of a class: unlike its neighbours' in colour and in form, and no two of 48 alike. */
export function classMark(id: number): ClassMark {
  const colors = palette.light.length;
  const color = id % colors;
  const shape = (color + 5 * Math.floor(id / colors)) % shapes.length;
  return {
    color: lineStyle(id).color,
    onWhite: palette.light[color] as string,
    corners: (shapes[shape] as number[]).map((v) => Number(v.toFixed(3))),
  };
}
