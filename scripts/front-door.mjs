// `npm start` and `npm test`: everything from a fresh clone, with nothing but Node. `build` stops before either.
// Brings pnpm through npx, installs from the lockfile, builds, then runs what was asked for.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [task, ...rest] = process.argv.slice(2);
const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// Ctrl-C is for the command that runs: it saves and ends by itself.
process.on('SIGINT', () => {});

install();
build();
if (task === 'start') start();
else if (task === 'test') test();
else if (task !== 'build') fail(`front-door: expected start, test or build, got ${task}`);

/** Installs from the lockfile, unless this very lockfile was installed before. */
function install() {
  const marker = join(root, 'node_modules', '.bcl-installed');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .update(process.version)
    .digest('hex');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
  say(`installing the packages of the lockfile with ${packageManager} …`);
  pnpm('install', '--frozen-lockfile', '--reporter=append-only');
  mkdirSync(dirname(marker), { recursive: true });
  writeFileSync(marker, lock);
}

/** Builds what changed; turbo remembers the rest. Under pnpm, because turbo looks for it on the path. */
function build() {
  say('building the packages …');
  pnpm('run', 'build');
}

function start() {
  const args = rest.length > 0 ? rest : ['start'];
  run(process.execPath, [join(root, 'packages', 'cli', 'dist', 'bcl.js'), ...args]);
}

function test() {
  say('running the tests …');
  run(bin('jest'), rest);
}

/** Runs the pnpm that is running us if it is the pinned one, else the pinned one through npx. */
function pnpm(...args) {
  const { npm_config_user_agent: agent = '' } = process.env;
  const pinned = agent.startsWith(`${packageManager.replace('@', '/')} `);
  const [command, ...first] = pinned ? ['pnpm'] : ['npx', '--yes', packageManager];
  run(command, [...first, ...args], { quiet: true });
}

function bin(name) {
  return join(root, 'node_modules', '.bin', name);
}

/** Runs a command to its end; a quiet one shows what it printed only when it fails. */
function run(command, args, { quiet = false } = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    encoding: 'utf8',
    shell: process.platform === 'win32',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
    maxBuffer: 1 << 28,
  });
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  if (error) fail(`front-door: could not run ${command}: ${error.message}`);
  if (quiet) fail(`front-door: ${command} ${args.join(' ')} ended with ${signal ?? status}`);
  process.exit(status ?? 1);
}

function say(text) {
  process.stderr.write(`bcl: ${text}\n`);
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
