import * as tf from '@tensorflow/tfjs-core';
import { type BackendChoice, type BackendName, describeBackends, useBackend } from './index.js';
import { describeAdapter } from './probes/webgpu.js';

/** As thrown by an import of a package that is not installed. */
function absent(name: string): Error {
  return Object.assign(new Error(`Cannot find module '${name}' from 'somewhere'`), {
    code: 'MODULE_NOT_FOUND',
  });
}

function break_(name: string, error: Error): void {
  jest.doMock(
    name,
    () => {
      throw error;
    },
    { virtual: true },
  );
}

/** tfjs-node as far as we look at it: it registers a backend, computed by the cpu's here, and makes it the current one. */
function installTfjsNode(
  name: string,
  isUsingGpuDevice: boolean,
  fails?: Error,
  core: string = tf.version_core,
): void {
  jest.doMock(
    name,
    () => {
      const cpu = tf.findBackend('cpu');
      for (const kernel of tf.getKernelsForBackend('cpu')) {
        tf.registerKernel({ ...kernel, backendName: 'tensorflow' });
      }
      const backend = Object.create(cpu, { isUsingGpuDevice: { value: isUsingGpuDevice } });
      if (fails) {
        backend.write = () => {
          throw fails;
        };
      }
      tf.registerBackend('tensorflow', () => backend, 4);
      void tf.setBackend('tensorflow');
      return { version: { 'tfjs-node': '4.22.0', 'tfjs-core': core } };
    },
    { virtual: true },
  );
}

/** Puts an adapter where a browser has it; it gives no device. */
function placeAdapter(info: Record<string, unknown> | null): void {
  const gpu = { requestAdapter: async () => info && { info } };
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
}

const ownNavigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator');

function reasons({ skipped }: Pick<BackendChoice, 'skipped'>): Record<string, string> {
  return Object.fromEntries(skipped.map(({ name, reason }) => [name, reason]));
}

beforeEach(() => {
  break_('@tensorflow/tfjs-node', absent('@tensorflow/tfjs-node'));
  break_('@tensorflow/tfjs-node-gpu', absent('@tensorflow/tfjs-node-gpu'));
  placeAdapter(null);
});

afterEach(async () => {
  jest.resetModules();
  jest.dontMock('@tensorflow/tfjs-backend-webgpu');
  for (const name of ['tensorflow', 'webgpu']) {
    if (!tf.findBackendFactory(name)) continue;
    for (const kernel of tf.getKernelsForBackend(name)) {
      tf.unregisterKernel(kernel.kernelName, name);
    }
    delete tf.engine().registry[name];
    tf.removeBackend(name);
  }
  if (ownNavigator) Object.defineProperty(globalThis, 'navigator', ownNavigator);
  else delete (globalThis as { navigator?: unknown }).navigator;
  await tf.setBackend('wasm');
});

describe("useBackend('auto')", () => {
  test('takes wasm where nothing faster is, and says why not the others', async () => {
    const choice = await useBackend('auto');
    expect(choice).toMatchObject({
      name: 'wasm',
      why: expect.stringContaining('the fastest on a CPU with nothing to install'),
    });
    expect(choice.skipped.map(({ name }) => name)).toEqual(['tensorflow', 'webgpu']);
    expect(reasons(choice).tensorflow).toBe(
      'neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed; npm install @tensorflow/tfjs-node (it downloads libtensorflow)',
    );
    expect(tf.getBackend()).toBe('wasm');
  });

  test('is what no name means', async () => {
    expect((await useBackend()).name).toBe('wasm');
  });

  test('takes TensorFlow with a GPU before all others', async () => {
    installTfjsNode('@tensorflow/tfjs-node-gpu', true);
    expect(await useBackend('auto')).toEqual({
      name: 'tensorflow',
      why: 'TensorFlow’s C library with a GPU is the fastest there is: GPU (CUDA) through @tensorflow/tfjs-node-gpu',
      skipped: [],
    });
    expect(tf.getBackend()).toBe('tensorflow');
  });

  test('takes TensorFlow on the CPU before wasm', async () => {
    installTfjsNode('@tensorflow/tfjs-node', false);
    const choice = await useBackend('auto');
    expect(choice.name).toBe('tensorflow');
    expect(choice.why).toContain('CPU, all cores through @tensorflow/tfjs-node');
    expect(choice.skipped.map(({ name }) => name)).toEqual(['webgpu']);
  });

  test('passes over a broken package, with one line of its error', async () => {
    break_('@tensorflow/tfjs-node', new Error('Something that nobody foresaw.\nA second line'));
    const choice = await useBackend('auto');
    expect(choice.name).toBe('wasm');
    expect(reasons(choice).tensorflow).toBe(
      '@tensorflow/tfjs-node is installed but does not load: Something that nobody foresaw; reinstall it (npm install @tensorflow/tfjs-node)',
    );
  });

  test.each([
    [
      'libtensorflow.so.2: cannot open shared object file: No such file or directory',
      'is installed, but libtensorflow.so.2, which it is linked with, is not found; npm install @tensorflow/tfjs-node brings its own',
    ],
    [
      'libcudart.so.11.0: cannot open shared object file: No such file or directory',
      'is installed, but libcudart.so.11.0 of CUDA, which it is linked with, is not found;',
    ],
    [
      '/x/tfjs_binding.node: undefined symbol: TFE_OpSetAttrFunctionName',
      'is installed, but its addon and its libtensorflow do not fit (no TFE_OpSetAttrFunctionName);',
    ],
    [
      "/lib/libc.so.6: version `GLIBC_2.38' not found (required by /x/tfjs_binding.node)",
      'is installed, but wants a newer system, with GLIBC_2.38',
    ],
  ])('says what the loader’s words mean: %s', async (message, reason) => {
    break_('@tensorflow/tfjs-node', new Error(message));
    const choice = await useBackend('auto');
    expect(choice.name).toBe('wasm');
    expect(reasons(choice).tensorflow).toContain(`@tensorflow/tfjs-node ${reason}`);
  });

  test('passes over a package of another version', async () => {
    installTfjsNode('@tensorflow/tfjs-node', false, undefined, '4.10.0');
    const choice = await useBackend('auto');
    expect(choice.name).toBe('wasm');
    expect(reasons(choice).tensorflow).toBe(
      `@tensorflow/tfjs-node is of TensorFlow.js 4.10.0 and @tensorflow/tfjs-core of ${tf.version_core}, which do not go together; npm install @tensorflow/tfjs-node@${tf.version_core}`,
    );
    expect(tf.getBackend()).toBe('wasm');
  });

  test('takes cpu when the wasm backend is of another version', async () => {
    jest.doMock('@tensorflow/tfjs-backend-wasm', () => ({ version_wasm: '3.21.0' }));
    const choice = await useBackend('auto');
    jest.dontMock('@tensorflow/tfjs-backend-wasm');
    expect(choice.name).toBe('cpu');
    expect(reasons(choice).wasm).toContain(
      '@tensorflow/tfjs-backend-wasm is of TensorFlow.js 3.21.0',
    );
  });

  test('passes over a backend that loads but cannot compute', async () => {
    installTfjsNode('@tensorflow/tfjs-node', false, new Error('TF_NewTensor failed'));
    const choice = await useBackend('auto');
    expect(choice.name).toBe('wasm');
    expect(reasons(choice).tensorflow).toMatch(
      /^it fails to start: TF_NewTensor failed; npm rebuild .*use another backend$/,
    );
    expect(tf.getBackend()).toBe('wasm');
  });

  test('never takes a GPU in software', async () => {
    placeAdapter({ vendor: 'google', architecture: 'swiftshader', description: 'SwiftShader 5' });
    const choice = await useBackend('auto');
    expect(choice.name).toBe('wasm');
    expect(reasons(choice).webgpu).toBe(
      'its adapter is a software one (SwiftShader 5), slower than wasm; ask for webgpu by name to use it',
    );
  });

  test('tries a real GPU, and goes on when it gives no device', async () => {
    placeAdapter({ vendor: 'nvidia', architecture: 'hopper', description: 'NVIDIA H200' });
    const choice = await useBackend('auto');
    expect(choice.name).toBe('wasm');
    expect(reasons(choice).webgpu).toMatch(/^it fails to start: .+update the GPU’s driver/);
  });

  test('keeps no tensor, whatever it passes over', async () => {
    installTfjsNode('@tensorflow/tfjs-node', false, new Error('TF_NewTensor failed'));
    const before = tf.memory().numTensors;
    await useBackend('auto');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('useBackend', () => {
  test('makes one backend for callers who come at once', async () => {
    const { registry, registryFactory } = tf.engine();
    const backend = registry.cpu as tf.KernelBackend;
    const entry = registryFactory.cpu as { factory: () => unknown };
    const { factory } = entry;
    delete registry.cpu;
    let made = 0;
    entry.factory = async () => {
      made++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return backend;
    };
    try {
      await Promise.all([useBackend('cpu'), useBackend('cpu'), useBackend('cpu')]);
      expect(made).toBe(1);
      expect(registry.cpu).toBe(backend);
      // One that fails is tried again by the next who asks.
      delete registry.cpu;
      entry.factory = async () => Promise.reject(new Error('not yet'));
      await expect(useBackend('cpu')).rejects.toThrow('not yet');
      entry.factory = () => backend;
      await useBackend('cpu');
    } finally {
      entry.factory = factory;
      registry.cpu = backend;
    }
  });

  test('takes one backend by name, and leaves it current', async () => {
    expect((await useBackend('cpu')).name).toBe('cpu');
    expect(tf.getBackend()).toBe('cpu');
  });

  test('registers on wasm the kernel that training lacks', async () => {
    await useBackend('wasm');
    expect(tf.getKernel('Conv2DBackpropFilter', 'wasm')).toBeDefined();
  });

  test('says why one asked for by name does not work, and keeps the current one', async () => {
    await expect(useBackend('tensorflow')).rejects.toThrow(
      'useBackend: tensorflow does not work here: neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed; npm install @tensorflow/tfjs-node',
    );
    await expect(useBackend('webgpu')).rejects.toThrow(
      'useBackend: webgpu does not work here: WebGPU found no adapter',
    );
    expect(tf.getBackend()).toBe('wasm');
  });

  test('names the valid names when it gets another', async () => {
    await expect(useBackend('gpu' as BackendName)).rejects.toThrow(
      new RangeError(
        "useBackend: expected one of 'auto', 'tensorflow', 'webgpu', 'wasm', 'cpu', got 'gpu'",
      ),
    );
  });

  test('says which package is missing', async () => {
    break_('@tensorflow/tfjs-backend-webgpu', absent('@tensorflow/tfjs-backend-webgpu'));
    placeAdapter({ vendor: 'nvidia' });
    await expect(useBackend('webgpu')).rejects.toThrow(
      '@tensorflow/tfjs-backend-webgpu is not installed; npm install @tensorflow/tfjs-backend-webgpu',
    );
  });
});

describe('describeBackends', () => {
  test('reports all four as plain data, and changes nothing', async () => {
    placeAdapter({ vendor: 'google', architecture: 'swiftshader', description: 'SwiftShader 5' });
    installTfjsNode('@tensorflow/tfjs-node', false);
    const report = await describeBackends();
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report.backends).toEqual([
      {
        name: 'tensorflow',
        available: true,
        kind: 'cpu',
        device: 'CPU, all cores through @tensorflow/tfjs-node',
        version: '4.22.0',
      },
      {
        name: 'webgpu',
        available: true,
        kind: 'software',
        device: 'SwiftShader 5',
        version: tf.version_core,
        adapter: {
          vendor: 'google',
          architecture: 'swiftshader',
          device: '',
          description: 'SwiftShader 5',
          software: true,
        },
      },
      { name: 'wasm', available: true, kind: 'cpu', device: 'CPU, SIMD', version: tf.version_core },
      {
        name: 'cpu',
        available: true,
        kind: 'cpu',
        device: expect.any(String),
        version: tf.version_core,
      },
    ]);
    expect(report.auto?.name).toBe('tensorflow');
    expect(report.wasm).toEqual({
      simd: true,
      relaxedSimd: expect.any(Boolean),
      revectorizable: expect.any(Boolean),
      threads: true,
    });
    expect(tf.getBackend()).toBe('wasm');
  });

  test('gives reasons, and what auto would take', async () => {
    const report = await describeBackends();
    expect(report.backends.map(({ available }) => available)).toEqual([false, false, true, true]);
    expect(report.auto).toMatchObject({ name: 'wasm' });
    expect(report.auto?.skipped).toEqual(
      report.backends.slice(0, 2).map(({ name, reason }) => ({ name, reason })),
    );
  });
});

describe('describeAdapter', () => {
  test.each([
    [{ vendor: 'google', architecture: 'swiftshader' }, true],
    [{ description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }, true],
    [{ description: 'Microsoft Basic Render Driver' }, true],
    [{ vendor: 'nvidia', architecture: 'hopper', isFallbackAdapter: true as const }, true],
    [{ vendor: 'nvidia', architecture: 'hopper', isFallbackAdapter: false as const }, false],
    [{ vendor: 'apple', architecture: 'metal-3' }, false],
    [{ vendor: 'amd', description: 'AMD Radeon (RADV NAVI31)' }, false],
  ])('of %j: software %s', (info, software) => {
    expect(describeAdapter({ info }).software).toBe(software);
  });

  test('knows older browsers’ place for the fallback flag', () => {
    expect(describeAdapter({ isFallbackAdapter: true }).software).toBe(true);
    expect(describeAdapter({}).software).toBe(false);
  });
});
