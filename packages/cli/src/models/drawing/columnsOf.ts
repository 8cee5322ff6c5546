import type { Box } from './Box.js';
import { blockOf } from './blockOf.js';

/** Boxes that belong together, such as a residual block; drawn once for all that are alike and follow each other. */
export interface Block {
  name: string;
  /** The name of the last that it stands for. */
  lastName: string;
  boxes: Box[];
  times: number;
}

/** What stands one below the other: a stage of a network, and what comes after it before the next one. */
export interface Column {
  title: string;
  blocks: Block[];
  boxes: Box[];
}

/** Puts the boxes of a network into columns, with what repeats itself drawn once. */
export function columnsOf(boxes: readonly Box[]): Column[] {
  const columns: Column[] = [];
  const stood = new Map<Box, Box>();
  for (const box of boxes) {
    const { stage = '', name = '' } = blockOf(box.id) ?? {};
    let column = columns.at(-1);
    if (!column || (stage !== '' && column.title !== stage)) {
      column = { title: stage, blocks: [], boxes: [] };
      columns.push(column);
    }
    column.boxes.push(box);
    if (stage === '') continue;
    const last = column.blocks.at(-1);
    if (last?.name === name) last.boxes.push(box);
    else column.blocks.push({ name, lastName: name, boxes: [box], times: 1 });
  }
  for (const column of columns) {
    mergeBlocks(column, stood);
    mergeBoxes(column, stood);
  }
  // What took from a box that is not drawn takes from the one that stands for it.
  for (const { boxes } of columns) {
    for (const box of boxes) box.inputs = box.inputs.map((from) => stoodFor(from, stood));
  }
  return columns;
}

/** Draws blocks that follow each other and are alike once. */
function mergeBlocks(column: Column, stood: Map<Box, Box>): void {
  const kept: Block[] = [];
  const gone = new Set<Box>();
  for (const block of column.blocks) {
    const before = kept.at(-1);
    if (!before || signature(before.boxes) !== signature(block.boxes)) {
      kept.push(block);
      continue;
    }
    before.times++;
    before.lastName = block.name;
    for (const [i, box] of block.boxes.entries()) {
      const drawn = before.boxes[i] as Box;
      stood.set(box, drawn);
      // It is the last one's result that goes on.
      drawn.shape = box.shape;
      gone.add(box);
    }
  }
  column.blocks = kept;
  column.boxes = column.boxes.filter((box) => !gone.has(box));
}

/** Draws boxes outside of blocks that follow each other and are alike once. */
function mergeBoxes(column: Column, stood: Map<Box, Box>): void {
  const inBlocks = new Set(column.blocks.flatMap(({ boxes }) => boxes));
  const kept: Box[] = [];
  for (const box of column.boxes) {
    const before = kept.at(-1);
    const alike =
      before &&
      !inBlocks.has(box) &&
      !inBlocks.has(before) &&
      box.inputs.length === 1 &&
      stoodFor(box.inputs[0] as Box, stood) === before &&
      box.title === before.title &&
      box.notes === before.notes &&
      box.shape.join() === before.shape.join();
    if (alike) {
      before.times++;
      stood.set(box, before);
    } else kept.push(box);
  }
  column.boxes = kept;
}

/** What a block is made of and how, apart from its names and sizes. */
function signature(boxes: readonly Box[]): string {
  return JSON.stringify(
    boxes.map(({ title, notes, inputs }) => [
      title,
      notes,
      inputs.map((from) => boxes.indexOf(from)),
    ]),
  );
}

function stoodFor(box: Box, stood: ReadonlyMap<Box, Box>): Box {
  const other = stood.get(box);
  return other ? stoodFor(other, stood) : box;
}
