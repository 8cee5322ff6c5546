import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { halves, inHalves, readHalf, scaleCode } from './halves.js';
import { lines } from './lines.js';
import { flat, pointwise } from './pointwise.js';
import { inSubgroups, laneCode, ofTeam, TEAM } from './subgroups.js';
import { integers, type WebgpuBackend, type WebgpuProgram } from './webgpuKernel.js';

/**
 * Matrix products whose operands need not exist as matrices: the shader says where their elements are.
 *
 * Its functions, in WGSL, see element i of an operand as `nameAt(i)` and the numbers as `uniforms.…`:
 *
 * - `fn depthOf(product : i32) -> i32`: how many terms the sums of that product have, at most `depth`;
 * - `fn rowAt(product : i32, m : i32) -> vec4<i32>` and `fn spotAt(product : i32, k : i32) -> vec4<i32>`: what it takes to find the
 *   elements of row m and of term k, worked out once for all that meet in them;
 * - `fn left(row : vec4<i32>, spot : vec4<i32>) -> f32` and `fn right(n : i32, spot : vec4<i32>) -> f32`: the elements;
 * - `fn placeOf(product : i32, m : i32) -> i32`: where row m begins in the result, below 0 for a row that is none.
 */
export interface TiledProduct {
  /** Names the code. */
  name: string;
  operands: Record<string, TensorInfo>;
  outputShape: number[];
  /** Independent products of this form. */
  products: number;
  rows: number;
  columns: number;
  /** Terms of the longest sum. */
  depth: number;
  /** Whole numbers for the functions, one or a vector of two to four each. */
  numbers: Record<string, number | number[]>;
  code: string;
}

/** How a workgroup is spread over a tile of the result. */
interface Tiling {
  /** Threads along the rows and along the columns. */
  down: number;
  across: number;
  /** Rows, in fours, and columns of each thread. */
  rows: number;
  columns: number;
  /** Time for a value of the result, relative: the more values a thread has, the less it loads for each. */
  cost: number;
}

/** Terms that a workgroup holds at a time, and its threads. */
const TERMS = 16;
const WORKGROUP = 64;

/** The widest that registers hold; then for few rows, for few columns, and for the three channels of an image. */
const tilings: readonly Tiling[] = [
  { down: 8, across: 8, rows: 8, columns: 8, cost: 1 },
  { down: 4, across: 16, rows: 8, columns: 4, cost: 1.3 },
  { down: 8, across: 8, rows: 8, columns: 4, cost: 1.3 },
  { down: 32, across: 2, rows: 4, columns: 4, cost: 2 },
];

/** Workgroups that keep a large GPU busy: with fewer tiles than that, sums are cut into parts. */
const BUSY = 512;
/** Terms below which a part would not be worth its own pass. */
const SHORTEST_PART = 256;
/** Bytes that the parts of sums may take. */
const PARTS_BYTES = 64 * 2 ** 20;

/**
 * Computes the products, in tiles that a workgroup holds in its memory and of which each thread sums up to 8 × 8 values in registers.
 * Where the result has few tiles, long sums are cut into parts, which a second pass adds up in their order: the same result from run to run.
 *
 * Where `BCL_WEBGPU_F16` is set the operands are first stored in 16 bits: half the bytes to read, for each of the many times that a product
 * reads its operands. Sums are of float32 all the same. Where `BCL_WEBGPU_SUBGROUPS` is set the threads of a team, which sum for the same rows,
 * read a number of those rows each and pass it to the others.
 */
export function tiledProduct(backend: WebgpuBackend, product: TiledProduct): TensorInfo {
  const { products, rows, columns, depth, outputShape } = product;
  const tiling = tilingOf(rows, columns);
  const [down, across] = [Math.ceil(rows / height(tiling)), Math.ceil(columns / width(tiling))];
  const tiles = products * down * across;
  const size = util.sizeFromShape(outputShape);
  const parts = partsOf(tiles, size, depth);
  const shape = [rows, columns, products, parts];
  const stored = inHalves() ? storedInHalves(backend, product) : storedAsTheyAre(product);
  const shared = inSubgroups() && tiling.across % TEAM === 0;
  const program: WebgpuProgram = {
    variableNames: Object.keys(stored.inputs),
    outputShape: [parts * size],
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: { x: [0] },
    dispatch: [tiles * parts, 1, 1],
    uniforms: `product : vec4<i32>, part : vec4<i32>, ${declared(product.numbers)}`,
    shaderKey: `bcl_${product.name}_${tilings.indexOf(tiling)}_${stored.name}_${shared ? 'shared' : 'own'}`,
    getUserCode: () =>
      [stored.code, product.code, mainCode(tiling, shared, stored.factors)].join('\n'),
  };
  const partDepth = Math.ceil(depth / parts / TERMS) * TERMS;
  const y = backend.runWebGPUProgram(program, Object.values(stored.inputs), 'float32', [
    integers(...shape),
    integers(partDepth, size, across, down),
    ...Object.values(product.numbers).map((data) => integers(...[data].flat())),
  ]);
  for (const { dataId } of stored.made) backend.disposeData(dataId);
  if (parts === 1) return { ...y, shape: outputShape };
  const sum = pointwise(backend, {
    name: 'sumParts',
    inputs: { parts: y },
    shape: outputShape,
    integers: { count: parts },
    code: `
      for (var part = 0; part < uniforms.count; part++) {
        value += parts[part * uniforms.size + index];
      }
    `,
  });
  backend.disposeData(y.dataId);
  return sum;
}

/** How a shader finds the operands. */
interface Stored {
  /** Names the way. */
  name: string;
  inputs: Record<string, TensorInfo>;
  /** Those of them that were made for this. */
  made: TensorInfo[];
  /** WGSL functions that read an element of each operand. */
  code: string;
  /** WGSL for the two numbers by which sums are still to be multiplied, one after the other. */
  factors?: string;
}

function storedAsTheyAre({ operands }: TiledProduct): Stored {
  const read = (name: string) => `fn ${name}At(i : i32) -> f32 { return f32(${name}[i]); }`;
  return {
    name: 'f32',
    inputs: Object.fromEntries(Object.entries(operands).map(([name, x]) => [name, flat(x)])),
    made: [],
    code: Object.keys(operands).map(read).join('\n'),
  };
}

function storedInHalves(backend: WebgpuBackend, { operands }: TiledProduct): Stored {
  const names = Object.keys(operands);
  const inputs = Object.entries(operands).flatMap(([name, x]) => {
    const { words, greatest } = halves(backend, x);
    return [[name, words] as const, [`${name}Greatest`, greatest] as const];
  });
  return {
    name: 'f16',
    inputs: Object.fromEntries(inputs),
    made: inputs.map(([, tensor]) => tensor),
    code: [scaleCode, ...names.map(readHalf)].join('\n'),
    factors: `unscale(${names.map((name) => `${name}Greatest[0]`).join(', ')})`,
  };
}

/** The tiling that has least to do, what lies beyond the result counted. */
function tilingOf(rows: number, columns: number): Tiling {
  const time = (t: Tiling) =>
    t.cost * Math.ceil(rows / height(t)) * height(t) * Math.ceil(columns / width(t)) * width(t);
  return tilings.reduce((best, t) => (time(t) < time(best) ? t : best));
}

function height({ down, rows }: Tiling): number {
  return down * rows;
}

function width({ across, columns }: Tiling): number {
  return across * columns;
}

/** Into how many parts each sum is cut. */
function partsOf(tiles: number, size: number, depth: number): number {
  const busy = Math.ceil(BUSY / tiles);
  const worth = Math.ceil(depth / SHORTEST_PART);
  const fit = Math.floor(PARTS_BYTES / 4 / size);
  return Math.max(1, Math.min(busy, worth, fit));
}

function declared(numbers: TiledProduct['numbers']): string {
  return Object.entries(numbers)
    .map(([name, data]) => `${name} : ${Array.isArray(data) ? `vec${data.length}<i32>` : 'i32'}, `)
    .join('');
}

/**
 * A thread's rows lie side by side, four to a vector, its columns `across` apart: neighbours write to neighbouring places. The loops that
 * bring the tile stay loops, since drivers compile long code slowly; the products are written out, to stay in registers.
 */
function mainCode(tiling: Tiling, shared: boolean, factors?: string): string {
  const { across, columns } = tiling;
  const fours = tiling.rows / 4;
  const [tileRows, tileColumns] = [height(tiling), width(tiling)];
  // Rows of the tile that one thread brings, and how far apart the terms are that it brings of each.
  const own = Math.ceil(tileRows / WORKGROUP);
  const rowStride = tileRows / own;
  const scaled = (sum: string): string => (factors ? `${sum} * factors.x * factors.y` : sum);
  // Numbers of the rows that are a thread's: all its own to read, or one of them, and the others from its team.
  const ofRows = shared
    ? `let mine = leftTile[near + (i32(lane) & ${tiling.rows - 1}) / 4][lane & 3u];
      ${lines(fours, (h) => `let a${h} = vec4<f32>(${[0, 1, 2, 3].map((i) => ofTeam('mine', 'lane', 4 * h + i)).join(', ')});`)}`
    : lines(fours, (h) => `let a${h} = leftTile[near + ${h}];`);
  const each = (line: (column: number, four: number) => string): string =>
    lines(columns, (j) => lines(fours, (h) => line(j, h)));
  return `
  var<workgroup> leftTile : array<vec4<f32>, ${(TERMS * tileRows) / 4}>;
  var<workgroup> rightTile : array<f32, ${TERMS * tileColumns}>;
  var<workgroup> spots : array<vec4<i32>, ${TERMS}>;
  var<workgroup> turns : i32;

  fn main(index : i32) {
    let rows = uniforms.product.x;
    let columns = uniforms.product.y;
    let thread = i32(localIndex);
    ${shared ? `let lane = ${laneCode};` : ''}
    let tile = index / ${WORKGROUP};
    let stack = tile / uniforms.part.z;
    let firstColumn = (tile - stack * uniforms.part.z) * ${tileColumns};
    let storey = stack / uniforms.part.w;
    let firstRow = (stack - storey * uniforms.part.w) * ${tileRows};
    let product = storey / uniforms.product.w;
    let part = storey - product * uniforms.product.w;
    let begin = part * uniforms.part.x;
    var end = 0;
    if (product < uniforms.product.z) {
      end = min(begin + uniforms.part.x, depthOf(product));
    }
    if (thread == 0) {
      turns = max(0, end - begin + ${TERMS - 1}) / ${TERMS};
    }
    let count = workgroupUniformLoad(&turns);

    let m = thread % ${rowStride};
    let n = thread % ${tileColumns};
    ${lines(
      own,
      (i) => `
    var row${i} = vec4<i32>(0);
    if (firstRow + m + ${i * rowStride} < rows && end > 0) {
      row${i} = rowAt(product, firstRow + m + ${i * rowStride});
    }`,
    )}
    ${each((j, h) => `var sum${j}_${h} = vec4<f32>(0.0);`)}
    if (thread < ${TERMS} && begin + thread < end) {
      spots[thread] = spotAt(product, begin + thread);
    }
    workgroupBarrier();
    for (var turn = 0; turn < count; turn++) {
      let first = begin + turn * ${TERMS};
      for (var k = thread / ${rowStride}; k < ${TERMS}; k += ${WORKGROUP / rowStride}) {
        ${lines(
          own,
          (i) => `
        var value${i} = 0.0;
        if (first + k < end && firstRow + m + ${i * rowStride} < rows) {
          value${i} = left(row${i}, spots[k]);
        }
        leftTile[(k * ${tileRows} + m + ${i * rowStride}) / 4][m & 3] = value${i};`,
        )}
      }
      for (var k = thread / ${tileColumns}; k < ${TERMS}; k += ${WORKGROUP / tileColumns}) {
        var value = 0.0;
        if (first + k < end && firstColumn + n < columns) {
          value = right(firstColumn + n, spots[k]);
        }
        rightTile[k * ${tileColumns} + n] = value;
      }
      workgroupBarrier();
      if (thread < ${TERMS} && first + ${TERMS} + thread < end) {
        spots[thread] = spotAt(product, first + ${TERMS} + thread);
      }
      for (var k = 0; k < ${TERMS}; k++) {
        let near = k * ${tileRows / 4} + (thread / ${across}) * ${fours};
        let beside = k * ${tileColumns} + thread % ${across};
        ${ofRows}
        ${lines(columns, (j) => `let b${j} = rightTile[beside + ${j * across}];`)}
        ${each((j, h) => `sum${j}_${h} += a${h} * b${j};`)}
      }
      workgroupBarrier();
    }

    if (product < uniforms.product.z) {
      let column = firstColumn + thread % ${across};
      ${factors ? `let factors = ${factors};` : ''}
      ${lines(
        tiling.rows,
        (i) => `
      {
        let mine = firstRow + (thread / ${across}) * ${tiling.rows} + ${i};
        var to = -1;
        if (mine < rows) {
          to = placeOf(product, mine);
        }
        if (to >= 0) {
          let at = part * uniforms.part.y + to + column;
          ${lines(columns, (j) => `if (column + ${j * across} < columns) { setOutputAtIndex(at + ${j * across}, ${scaled(`sum${j}_${i >> 2}.${'xyzw'[i % 4]}`)}); }`)}
        }
      }`,
      )}
    }
  }
  `;
}
