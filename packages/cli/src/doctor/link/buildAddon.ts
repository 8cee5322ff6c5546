import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { include_dir as nodeApi } from 'node-api-headers';
import { libraries, type TensorflowFolder } from './tensorflowFolder.js';

/**
 * Compiles tfjs-node's addon against TensorFlow's libraries. It needs Node's C interface alone, which is the same in every
 * Node, so that no headers of this Node are asked for.
 *
 * @param sources Folder of the package, which holds `binding/`.
 * @param napi Version of Node's C interface.
 * @param target File to write.
 * @returns The compiler that did it.
 * @throws Error when there is no compiler, or with the first thing that the compiler says.
 */
export function buildAddon(
  sources: string,
  { folder, include }: TensorflowFolder,
  napi: number,
  target: string,
): string {
  const args = [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-w', `-DNAPI_VERSION=${napi}`],
    ...[`-I${nodeApi}`, `-I${include}`],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(sources, 'binding', file)),
    ...['-o', target, `-L${folder}`, ...libraries.map((name) => `-l:${name}`)],
    // Not as -Wl,-rpath,… which would end at a comma in the path.
    ...['-Xlinker', '-rpath', '-Xlinker', folder],
  ];
  const [compiler, result] = compile(args);
  if (result.status !== 0) {
    const said = result.stderr.split('\n').find((line) => /error|undefined|cannot/i.test(line));
    throw new Error(
      `doctor: ${compiler} cannot build the addon: ${said?.trim() ?? result.signal ?? 'no reason given'}; are the headers and the libraries of one TensorFlow, for this processor?`,
    );
  }
  return compiler;
}

function compile(args: readonly string[]): [string, ReturnType<typeof spawn>] {
  const named = process.env.CXX?.trim();
  for (const compiler of named ? [named] : ['g++', 'c++', 'clang++']) {
    const [command = compiler, ...first] = compiler.split(/\s+/);
    const result = spawn(command, [...first, ...args]);
    if ((result.error as NodeJS.ErrnoException | undefined)?.code !== 'ENOENT') {
      return [compiler, result];
    }
  }
  throw new Error(
    named
      ? `doctor: the C++ compiler that CXX names, ${named}, is not found`
      : 'doctor: --link-tensorflow needs a C++ compiler, and none of g++, c++, clang++ is found; apt-get install g++, or name one by CXX',
  );
}

function spawn(command: string, args: readonly string[]) {
  return spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: process.env,
  });
}
