import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What GPUs are reached through, each in a phrase for people. */
export interface Drivers {
  gpu: string;
  vulkan: string;
  cuda: string;
}

/** Looks for GPUs and what drives them. Only Linux keeps these where they can be looked at. */
export function drivers(): Drivers | undefined {
  if (process.platform !== 'linux') return undefined;
  return { gpu: gpu(), vulkan: vulkan(), cuda: cuda() };
}

function gpu(): string {
  const names = filesOf('/dev').filter((name) => /^(dri|nvidia\d+|dxg|mali\d*|kgsl.*)$/.test(name));
  return names.length > 0 ? names.map((name) => `/dev/${name}`).join(', ') : 'none in /dev';
}

function vulkan(): string {
  const loader = loads('libvulkan.so.1')
    ? 'libvulkan.so.1 is here'
    : 'libvulkan.so.1 is not found (apt-get install libvulkan1)';
  return `${loader}; ${vulkanDrivers()}`;
}

/** The drivers that the loader is told of, or finds by itself. */
function vulkanDrivers(): string {
  for (const name of ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES']) {
    const value = process.env[name];
    if (!value) continue;
    const lost = value.split(':').filter((file) => file && !existsSync(file));
    return `${name} names ${value}${lost.length > 0 ? `, of which ${lost.join(', ')} does not exist` : ''}`;
  }
  const folders = ['/etc/vulkan', '/usr/local/share/vulkan', '/usr/share/vulkan']
    .concat(join(homedir(), '.local', 'share', 'vulkan'))
    .map((folder) => join(folder, 'icd.d'));
  const files = folders.flatMap((folder) =>
    filesOf(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(folder, name)),
  );
  return files.length > 0 ? `drivers ${files.join(', ')}` : `no driver in ${folders.join(', ')}`;
}

function cuda(): string {
  const version = '/proc/driver/nvidia/version';
  if (!existsSync(version)) return 'no NVIDIA driver is loaded';
  const [first = ''] = readFileSync(version, 'utf8').split('\n');
  const driver = /Kernel Module.*?\s(\d+[.\d]*)\s/.exec(first)?.[1] ?? first;
  const here = [...['libcuda.so.1', 'libcudart.so.13', 'libcudart.so.12', 'libcudart.so.11.0']]
    .concat('libcudnn.so.9', 'libcudnn.so.8')
    .filter(loads);
  return `NVIDIA driver ${driver}, ${graphicsCards()}; ${here.join(', ') || 'no CUDA'} found by the system’s loader`;
}

function graphicsCards(): string {
  const query = ['--query-gpu=name,memory.total', '--format=csv,noheader'];
  try {
    const out = execFileSync('nvidia-smi', query, { encoding: 'utf8', stdio: 'pipe' });
    return out.trim().split('\n').join('; ');
  } catch (error) {
    const { message } = error as Error;
    return `nvidia-smi fails (${message.split('\n', 1)[0]})`;
  }
}

/** Whether the system's loader finds a library. Node, which takes it for an addon, then complains of something else. */
export function loads(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    return !/cannot open shared object file/.test((error as Error).message);
  }
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
