import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tensorflowHome } from './tensorflowHome.mjs';

/** Where Debian's chromium and Google's Chrome describe SwiftShader, a GPU in software: slow, and exact. */
const swiftShaders = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
];

/** Paths of the tests that are run once a backend, or on webgpu alone: what {@link suitesOf} names, as regular expressions. */
export const suitesOfBackends = [
  '\\.ops\\.test\\.[jt]s$',
  '\\.webgpu\\.test\\.[jt]s$',
  '/backends/src/webgpu/',
];

/** The tests of a backend, as jest's `testMatch`: the suites of tensor ops, and on webgpu those of its own kernels. */
export function suitesOf(backend, extension = 'ts') {
  const ofAll = `<rootDir>/packages/*/src/**/*.ops.test.${extension}`;
  if (backend !== 'webgpu') return [ofAll];
  return [
    ofAll,
    `<rootDir>/packages/backends/src/webgpu/*.test.${extension}`,
    `<rootDir>/packages/*/src/**/*.webgpu.test.${extension}`,
  ];
}

/**
 * The backends that the suites of tensor ops run on: all that this machine has. Names the others in one line.
 * WebGPU can be had anywhere, so on CI its absence is a failure.
 */
export function backendProjects() {
  useSwiftShader();
  const found = ['cpu', 'wasm'];
  const missing = [];
  for (const [name, look] of [
    ['webgpu', webgpu],
    ['tensorflow', tensorflow],
  ]) {
    const reason = look();
    if (reason === undefined) found.push(name);
    else missing.push({ name, reason });
  }
  if (missing.length > 0) {
    const reasons = missing.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
    process.stderr.write(`tests of tensor ops run on ${found.join(', ')}; not on ${reasons}\n`);
  }
  if (process.env.CI === 'true' && missing.some(({ name }) => name === 'webgpu')) {
    process.stderr.write(
      'on CI the tests must run on webgpu too: apt-get install chromium libvulkan1 (chromium carries SwiftShader, a GPU in software)\n',
    );
    process.exit(1);
  }
  return found;
}

/** Names SwiftShader to Vulkan unless the user names a driver; processes started from here inherit it. */
export function useSwiftShader() {
  const { env } = process;
  const swiftShader = swiftShaders.find((file) => existsSync(file));
  if (env.VK_DRIVER_FILES || env.VK_ICD_FILENAMES || !swiftShader) return;
  // The two names of one setting: Vulkan's loader reads the first since 1.3.207, older ones the second.
  env.VK_DRIVER_FILES = swiftShader;
  env.VK_ICD_FILENAMES = swiftShader;
  // Mesa's layer that picks among several GPUs: it prints errors where there is no desktop.
  env.NODEVICE_SELECT ??= '1';
}

/** As {@link useSwiftShader}, but only where no GPU is found without: what measures takes the real one. */
export function useSwiftShaderWithoutGpu() {
  if (webgpu() !== undefined) useSwiftShader();
}

function webgpu() {
  return missingPackage('webgpu') ?? askProcess('webgpu');
}

function tensorflow() {
  const reason = missingPackage('@tensorflow/tfjs-node', tensorflowModules());
  return reason
    ? `${reason} (optional: node scripts/bring-tensorflow.mjs brings it)`
    : askProcess('tensorflow', tensorflowModules());
}

/** Where packages that scripts/bring-tensorflow.mjs brought are to be found, after those of the repository. */
export function tensorflowModules() {
  const home = tensorflowHome();
  return existsSync(join(home, 'ready')) ? [join(home, 'node_modules')] : [];
}

function missingPackage(name, folders = []) {
  try {
    createRequire(import.meta.url).resolve(name, {
      paths: [fileURLToPath(import.meta.url), ...folders],
    });
    return undefined;
  } catch {
    return `${name} is not installed`;
  }
}

/** Looks in a process of its own: native code may print, or crash, as it likes there. */
function askProcess(name, folders = []) {
  const script = fileURLToPath(new URL('./probe.mjs', import.meta.url));
  const { stdout, signal, status } = spawnSync(process.execPath, [script, name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 20_000,
    env: { ...process.env, NODE_PATH: folders.join(delimiter) },
  });
  const answer = stdout?.trim().split('\n').at(-1);
  return answer === 'yes' ? undefined : answer || `looking for it ended with ${signal ?? status}`;
}
