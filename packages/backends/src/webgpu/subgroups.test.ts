import * as tf from '@tensorflow/tfjs-core';
import { run, same, values } from '../testing/kernels.js';
import { registerSubgroups, SUBGROUPS_FLAG } from './subgroups.js';
import type { WebgpuBackend } from './webgpuKernel.js';

const { env } = tf;
const backend = () => tf.backend() as WebgpuBackend;
const set = (on: boolean) => env().set(SUBGROUPS_FLAG, on);

/** A backend as this one but for what is told of its device. */
function told(device: object, more: object = {}): WebgpuBackend {
  const real = backend();
  const own = { device: { ...methods(real.device), ...device }, ...more };
  return new Proxy(real, {
    get: (target, name) => Reflect.get(name in own ? own : target, name) as unknown,
  });
}

function methods(device: WebgpuBackend['device']): object {
  return {
    pushErrorScope: (filter: 'validation' | 'internal') => device.pushErrorScope(filter),
    popErrorScope: () => device.popErrorScope(),
    createShaderModule: (descriptor: { code: string }) => device.createShaderModule(descriptor),
  };
}

const withFeature = { features: { has: () => true } };
const ofThirtyTwo = { ...withFeature, adapterInfo: { subgroupMinSize: 32 } };

/** What threads of teams in their order find. */
const inOrder = Float32Array.from({ length: 512 }, (_, i) => 8 * Math.floor(i / 64) + (i % 8));
const finding = (numbers: Float32Array) => ({
  runWebGPUProgram: () => backend().makeTensorInfo([512], 'float32', numbers),
});

/** Error scopes of a driver that fails to compile. */
function failingDriver() {
  const scopes: string[] = [];
  return {
    pushErrorScope: (filter: string) => void scopes.push(filter),
    popErrorScope: async () =>
      scopes.pop() === 'internal' ? { message: 'the driver gave up' } : null,
  };
}

describe('BCL_WEBGPU_SUBGROUPS', () => {
  afterEach(async () => registerSubgroups(backend()));

  test('is off at first', () => {
    expect(env().getBool(SUBGROUPS_FLAG)).toBe(false);
  });

  test.each<[string, () => WebgpuBackend, string]>([
    ['no subgroups', () => told({ features: { has: () => false } }), 'one without subgroups'],
    [
      'small ones',
      () => told({ ...withFeature, adapterInfo: { subgroupMinSize: 4 } }),
      'subgroups of 4',
    ],
    ['ones of an unknown size', () => told(withFeature), 'subgroups of 0'],
    [
      'threads that find others than they look for',
      () => told(ofThirtyTwo, finding(values(512))),
      'threads in another order',
    ],
    [
      'a driver that fails',
      () => told({ ...ofThirtyTwo, ...failingDriver() }, finding(inOrder)),
      'the driver gave up',
    ],
    [
      'shaders that fail',
      () =>
        told(ofThirtyTwo, {
          runWebGPUProgram: () => {
            throw new Error('no such function');
          },
        }),
      'no such function',
    ],
  ])('is refused for a device of %s, and stays off', async (_, make, got) => {
    await registerSubgroups(make());
    expect(() => set(true)).toThrow(
      `BCL_WEBGPU_SUBGROUPS: the device must have subgroups of at least 8 threads in their order, got ${got}; leave the flag off`,
    );
    expect(env().getBool(SUBGROUPS_FLAG)).toBe(false);
    set(false);
  });

  test('is off again once another device comes that cannot', async () => {
    await registerSubgroups(told(ofThirtyTwo, finding(inOrder)));
    set(true);
    await registerSubgroups(told({ features: { has: () => false } }));
    expect(env().getBool(SUBGROUPS_FLAG)).toBe(false);
  });
});

/** Whether this device can, by what it tells of itself; what cannot be tested here is said. */
let able = true;
beforeAll(() => {
  const { features, adapterInfo } = backend().device;
  able = features.has('subgroups') && (adapterInfo?.subgroupMinSize ?? 0) >= 8;
  if (!able) process.stderr.write('sums of teams are not tested here: no subgroups of eight\n');
});

// One of each tiling: many rows and columns, few rows, few columns; and few of both, where there are no teams.
test.each([
  [67, 70, true],
  [16, 64, true],
  [3, 64, true],
  [64, 24, true],
  [5, 3, false],
])(
  'teams give the same sums, bit for bit: %i channels to %i',
  async (channels, outputs, wide) => {
    const x = tf.tensor(values(2 * 9 * 8 * channels, 1), [2, 9, 8, channels]);
    const dy = tf.tensor(values(2 * 9 * 8 * outputs, 2), [2, 9, 8, outputs]);
    const filter = tf.tensor(values(9 * channels * outputs, 3), [3, 3, channels, outputs]);
    const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] };
    const gradients = async () => {
      const results = [
        ...run('Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape: filter.shape }),
        ...run('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape: x.shape }),
      ];
      return (await Promise.all(results.map((t) => t.data()))) as Float32Array[];
    };
    const alone = await gradients();
    const programs = jest.spyOn(backend(), 'runWebGPUProgram');
    set(able);
    const together = await gradients();
    set(false);
    const keys = programs.mock.calls.map(([{ shaderKey }]) => shaderKey).join();
    programs.mockRestore();
    expect(keys.includes('_shared')).toBe(able && wide);
    for (const [i, gradient] of alone.entries()) {
      expect(same(together[i] as Float32Array, gradient)).toBe(true);
    }
  },
  60_000,
); // shaders compile
