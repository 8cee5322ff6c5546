import { graphlib, layout } from '@dagrejs/dagre';
import { shapeText } from '../quantities.js';
import type { Box } from './Box.js';
import type { Block, Column } from './columnsOf.js';

/** Sizes, in pixels. */
const sizes = {
  boxHeight: { one: 30, two: 44, three: 58 },
  letter: 7,
  padding: 12,
  blockTop: 14,
  blockSide: 14,
  blockBottom: 26,
};

export interface Point {
  x: number;
  y: number;
}

export interface Rectangle extends Point {
  width: number;
  height: number;
}

/** A column with a place for everything in it; its own left upper corner is the origin. */
export interface PlacedColumn {
  column: Column;
  width: number;
  height: number;
  boxes: { box: Box; at: Rectangle }[];
  /** What comes in from other columns. */
  ports: { from: Box; at: Rectangle }[];
  blocks: { block: Block; at: Rectangle }[];
  edges: Point[][];
}

/** Places the boxes of a column below each other, with their edges led around them. */
export function layoutColumn(column: Column): PlacedColumn {
  const graph = new graphlib.Graph().setDefaultEdgeLabel(() => ({}));
  graph.setGraph({ rankdir: 'TB', nodesep: 30, ranksep: 24, marginx: 20, marginy: 4 });
  const own = new Set(column.boxes);
  const outside = [...new Set(column.boxes.flatMap(({ inputs }) => inputs))].filter(
    (from) => !own.has(from),
  );
  for (const box of column.boxes) graph.setNode(box.id, sizeOf(box));
  for (const from of outside) graph.setNode(portId(from), { width: portWidth(from), height: 22 });
  for (const box of column.boxes) {
    for (const from of box.inputs) {
      graph.setEdge(own.has(from) ? from.id : portId(from), box.id);
    }
  }
  layout(graph);
  const placed = (id: string): Rectangle => {
    const { x, y, width, height } = graph.node(id) as Rectangle;
    return { x: x - width / 2, y: y - height / 2, width, height };
  };
  const boxes = column.boxes.map((box) => ({ box, at: placed(box.id) }));
  const ports = outside.map((from) => ({ from, at: placed(portId(from)) }));
  const edges = graph.edges().map((edge) => (graph.edge(edge) as { points: Point[] }).points);
  const blocks = makeRoom(column, boxes, ports, edges);
  const all = [...boxes, ...ports, ...blocks].map(({ at }) => at);
  return {
    column,
    width: Math.max(...all.map(({ x, width }) => x + width), ...edges.flat().map(({ x }) => x)) + 8,
    height: Math.max(...all.map(({ y, height }) => y + height)),
    boxes,
    ports,
    blocks,
    edges,
  };
}

/** Frames the blocks, and moves all below a frame's edges down for it. */
function makeRoom(
  { blocks }: Column,
  boxes: PlacedColumn['boxes'],
  ports: PlacedColumn['ports'],
  edges: Point[][],
): PlacedColumn['blocks'] {
  const points: Point[] = [
    ...boxes.map(({ at }) => at),
    ...ports.map(({ at }) => at),
    ...edges.flat(),
  ];
  const moveBelow = (y: number, by: number) => {
    for (const point of points) if (point.y >= y) point.y += by;
  };
  return blocks.map((block) => {
    const inside = boxes.filter(({ box }) => block.boxes.includes(box)).map(({ at }) => at);
    moveBelow(Math.min(...inside.map(({ y }) => y)), sizes.blockTop);
    const top = Math.min(...inside.map(({ y }) => y));
    const bottom = Math.max(...inside.map(({ y, height }) => y + height));
    moveBelow(bottom + 1, sizes.blockBottom);
    // Edges that go around the boxes of a block belong into its frame.
    const within = edges.flat().filter(({ y }) => y > top && y < bottom);
    const left = Math.min(...inside.map(({ x }) => x), ...within.map(({ x }) => x - 4));
    const right = Math.max(
      ...inside.map(({ x, width }) => x + width),
      ...within.map(({ x }) => x + 4),
    );
    return {
      block,
      at: {
        x: left - sizes.blockSide,
        y: top - sizes.blockTop,
        width: right - left + 2 * sizes.blockSide,
        height: bottom - top + sizes.blockTop + sizes.blockBottom,
      },
    };
  });
}

function portId(from: Box): string {
  return `from ${from.id}`;
}

/** Lines of text of a box. */
export function linesOf({ kind, title, notes, shape, times }: Box): string[] {
  const repeated = times > 1 ? `${title}: ${times} times` : title;
  // The units of a dense layer are its title.
  const result = kind === 'dense' ? '' : shapeText(shape);
  return [repeated, notes, result].filter((line) => line !== '');
}

function sizeOf(box: Box): { width: number; height: number } {
  const lines = linesOf(box);
  const letters = Math.max(...lines.map((line, i) => line.length * (i === 0 ? 1.12 : 1)));
  const { one, two, three } = sizes.boxHeight;
  return {
    width: Math.max(84, letters * sizes.letter + 2 * sizes.padding),
    height: [one, two, three][lines.length - 1] ?? three,
  };
}

function portWidth({ shape }: Box): number {
  return shapeText(shape).length * sizes.letter + 2 * sizes.padding;
}
