// Brings lavapipe, Mesa's GPU in software, for a second look at the WebGPU kernels: SwiftShader runs them four threads at a time, Mesa
// eight, by another compiler. Dawn wants a Mesa newer than Debian 12's, so Debian 13's packages are unpacked, C library included, and a
// command `node` that runs this Node on them. Kept in the cache of this user (60 MB downloaded, 250 MB unpacked). Prints the folder; needs
// apt-get, dpkg-deb and Debian's keyring, no root.
//
//     folder=$(node scripts/bring-lavapipe.mjs)
//     VK_DRIVER_FILES=$folder/icd.json VK_ICD_FILENAMES=$folder/icd.json "$folder/node" …
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const home = join(homedir(), '.cache', 'bcl', 'lavapipe');
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const packages = ['mesa-vulkan-drivers', 'libvulkan1', 'libc6', 'libstdc++6'];

if (!existsSync(home)) bring();
writeDriver();
writeNode();
console.log(home);

/** Into a folder beside, which takes its place once all is there. */
function bring() {
  const machine = `${process.platform} ${process.arch}`;
  if (machine !== 'linux x64') fail(`works on Linux of x86-64 alone, got ${machine}`);
  if (!existsSync(keyring)) fail(`${keyring} is missing; apt-get install debian-archive-keyring`);
  const beside = `${home}.${process.pid}`;
  mkdirSync(dirname(home), { recursive: true });
  removeLeft();
  rmSync(beside, { recursive: true, force: true });
  mkdirSync(beside);
  try {
    unpackPackages(beside);
    // Another process may have been quicker.
    if (!existsSync(home)) renameSync(beside, home);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** Removes what processes that were killed left half made. */
function removeLeft() {
  for (const name of readdirSync(dirname(home))) {
    const [, pid] = name.startsWith(`${basename(home)}.`) ? name.split('.') : [];
    if (pid === undefined || existsSync(join('/proc', pid))) continue;
    rmSync(join(dirname(home), name), { recursive: true, force: true });
  }
}

// The paths of what follows are those of now: the cache and Node may have been elsewhere when it was brought.

/** Tells Vulkan's loader where the driver is. */
function writeDriver() {
  const driver = { api_version: '1.4.305', library_path: join(home, 'lib', 'libvulkan_lvp.so') };
  replace(join(home, 'icd.json'), JSON.stringify({ file_format_version: '1.0.0', ICD: driver }));
}

/** The command that runs this Node on the libraries. It tells Node that this is its name, so that Node's own children run on them too. */
function writeNode() {
  const [command, preload] = [join(home, 'node'), join(home, 'execPath.cjs')];
  // By the command itself it is there, and Node's own name is not known.
  if (process.execPath === command) return;
  const loader = join(home, 'lib', 'ld-linux-x86-64.so.2');
  replace(preload, `process.execPath = ${JSON.stringify(command)};`);
  const words = [loader, '--library-path', join(home, 'lib'), process.execPath, '-r', preload];
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  replace(command, `#!/bin/sh\nexec ${quoted} "$@"`);
}

/** Writes a file that others may be reading, or running. */
function replace(file, text) {
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, `${text}\n`, { mode: 0o755 });
  renameSync(beside, file);
}

/** The packages and all that they need, as apt finds them with lists of its own: `lib`. */
function unpackPackages(folder) {
  const apt = join(folder, 'apt');
  const archives = join(apt, 'archives');
  for (const part of ['lists/partial', 'archives/partial', 'root']) {
    mkdirSync(join(apt, part), { recursive: true });
  }
  const list = join(apt, 'sources.list');
  writeFileSync(list, `deb [signed-by=${keyring}] ${mirror()} trixie main\n`);
  writeFileSync(join(apt, 'status'), '');
  const options = [
    `Dir::Etc::sourcelist=${list}`,
    'Dir::Etc::sourceparts=-',
    `Dir::State::lists=${join(apt, 'lists')}`,
    `Dir::State::status=${join(apt, 'status')}`,
    `Dir::Cache=${apt}`,
    `Dir::Cache::archives=${archives}`,
    'APT::Sandbox::User=root',
    'Debug::NoLocking=true',
  ].flatMap((option) => ['-o', option]);
  run('apt-get', [...options, '-qq', 'update']);
  const install = ['--yes', '--download-only', '--no-install-recommends', 'install'];
  run('apt-get', [...options, '-qq', ...install, ...packages]);
  const root = join(apt, 'root');
  for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
    run('dpkg-deb', ['--extract', join(archives, file), root]);
  }
  renameSync(join(root, 'usr/lib/x86_64-linux-gnu'), join(folder, 'lib'));
  rmSync(apt, { recursive: true });
}

/** Where this machine has its own packages from, if it is a Debian. */
function mirror() {
  const format = '$(ORIGIN) $(LABEL) $(REPO_URI)';
  const { stdout = '' } = spawnSync(
    'apt-get',
    ['indextargets', '--format', format, 'Created-By: Packages'],
    { encoding: 'utf8' },
  );
  const own = stdout.split('\n').find((line) => line.startsWith('Debian Debian '));
  return own?.split(' ')[2] ?? 'http://deb.debian.org/debian/';
}

/** What a command says goes to the terminal's other stream: the answer alone is on the first. */
function run(command, args) {
  const { status, signal, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) fail(`${command} ended with ${error?.message ?? signal ?? status}`);
}

/** Thrown, so that nothing is left half made. */
function fail(text) {
  throw new Error(`bring-lavapipe: ${text}`);
}
