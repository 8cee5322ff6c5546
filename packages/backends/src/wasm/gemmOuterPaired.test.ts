import fc from 'fast-check';
import { values } from '../testing/kernels.js';
import { type KernelExports, kernelBuild, loadKernels } from './kernelModule.js';

const PAGE = 2 ** 16;
/** Bytes for A, for B and for C with what lies around it. */
const AREA = 8 * PAGE;

const memory = new WebAssembly.Memory({ initial: 1 + (3 * AREA) / PAGE });
const [a, b, c] = [PAGE, PAGE + AREA, PAGE + 2 * AREA];
let plain: KernelExports;
let paired: KernelExports;

beforeAll(async () => {
  const build = await kernelBuild();
  if (!build) throw new Error('this engine has no SIMD');
  plain = await loadKernels(memory, build, false);
  paired = await loadKernels(memory, build, true);
});

/** All bytes of C's area after a product, which began with the same values. */
function product(
  { gemmOuter }: KernelExports,
  [rows, columns, depth]: [number, number, number],
  more: number,
  accumulate: 0 | 1,
): Uint32Array {
  const area = new Float32Array(memory.buffer, c, AREA / 4);
  area.set(values(area.length, 3));
  gemmOuter(
    a,
    depth + more,
    b,
    depth + more,
    c + 256,
    columns + more,
    rows,
    columns,
    depth,
    accumulate,
  );
  return new Uint32Array(memory.buffer, c, AREA / 4).slice();
}

test('two panels at a time give what one at a time gives, bit for bit, and touch nothing else', () => {
  for (const from of [a, b])
    new Float32Array(memory.buffer, from, AREA / 4).set(values(AREA / 4, from));
  const sizes = [
    fc.integer({ min: 1, max: 140 }),
    fc.integer({ min: 1, max: 70 }),
    fc.integer({ min: 0, max: 40 }),
  ] as const;
  fc.assert(
    fc.property(
      fc.tuple(...sizes),
      fc.integer({ min: 0, max: 5 }),
      fc.constantFrom<0 | 1>(0, 1),
      (size, more, accumulate) => {
        const one = product(plain, size, more, accumulate);
        expect(Buffer.compare(bytes(product(paired, size, more, accumulate)), bytes(one))).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
  expect(paired.gemmOuter).not.toBe(plain.gemmOuter);
});

function bytes(x: Uint32Array): Buffer {
  return Buffer.from(x.buffer, x.byteOffset, x.byteLength);
}
