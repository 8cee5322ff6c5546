import { tryOn } from './tryOn.js';
import { integers, type WebgpuBackend, type WebgpuProgram } from './webgpuKernel.js';

/** Values that the shader makes, and threads that make them. */
const COUNT = 8;

/**
 * Runs a small shader that uses all that ours rely on: memory and names of the backend's prelude, uniforms, workgroup memory.
 *
 * @returns Nothing when the result is right, else what went wrong, in a few words.
 */
export async function tryShader(backend: WebgpuBackend): Promise<string | undefined> {
  const { device } = backend;
  if (typeof backend.runWebGPUProgram !== 'function') return 'no runWebGPUProgram';
  if (typeof backend.makeTensorInfo !== 'function') return 'no makeTensorInfo';
  if (typeof device?.pushErrorScope !== 'function') return 'no device';
  return tryOn(device, () => run(backend));
}

async function run(backend: WebgpuBackend): Promise<string | undefined> {
  const x = backend.makeTensorInfo([1, COUNT], 'float32', new Float32Array(COUNT).fill(0.5));
  const y = backend.runWebGPUProgram(program(), [x], 'float32', [integers(2, 3), integers(5)]);
  const values = (await backend.read(y.dataId)) as Float32Array;
  for (const { dataId } of [x, y]) backend.disposeData(dataId);
  // 2 · 3 + 5, the place of the neighbour, and a half.
  const right = values.every((value, i) => value === 11.5 + ((i + 1) % COUNT));
  return values.length === COUNT && right ? undefined : `a test gives ${values.slice(0, 3)}`;
}

function program(): WebgpuProgram {
  return {
    variableNames: ['x'],
    outputShape: [1, COUNT],
    workgroupSize: [COUNT, 1, 1],
    dispatchLayout: { x: [0] },
    dispatch: [1, 1, 1],
    size: true,
    uniforms: 'pair : vec2<i32>, one : i32, ',
    shaderKey: 'bclTry',
    getUserCode: () => `
      var<workgroup> places : array<i32, ${COUNT}>;
      var<workgroup> shared_ : i32;

      fn main(index : i32) {
        places[localIndex] = i32(localId.x);
        if (localIndex == 0u) {
          shared_ = uniforms.one;
        }
        let one = workgroupUniformLoad(&shared_);
        if (index < uniforms.size && uniforms.xShape.y == uniforms.outShape.y) {
          let next = f32(places[(index + 1) % ${COUNT}] + uniforms.pair.x * uniforms.pair.y + one);
          setOutputAtIndex(index, next + x[index]);
        }
      }
    `,
  };
}
