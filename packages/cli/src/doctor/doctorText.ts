import type { BackendsReport } from '@bcl/backends';
import type { Answer } from './askSelf.js';
import type { Drivers } from './drivers.js';

/** What the doctor found. */
export interface Diagnosis {
  report: BackendsReport;
  /** Node and the platform. */
  machine: string;
  packages: readonly { name: string; version: string | undefined }[];
  drivers?: Drivers;
}

/** Letters before what is said of a topic. */
const HEAD = 13;

/** What was found, as text for people. `width` is in letters. */
export function doctorText(
  { report, machine, packages, drivers }: Diagnosis,
  width: number,
): string {
  const topic = (name: string, text: string) =>
    `${name.padEnd(HEAD)}${indented(text, HEAD, width)}`;
  const { auto, wasm, threads } = report;
  const has = (there: boolean) => (there ? 'yes' : 'no');
  const here = packages.filter(({ version }) => version !== undefined);
  return [
    'backends',
    ...backendLines(report, width),
    '',
    `auto chooses ${indented(auto ? `${auto.name}: ${auto.why}` : 'nothing: no backend works here', 2, width, HEAD)}`,
    ...refusedLines(report, width),
    '',
    topic('packages', here.map(({ name, version }) => `${name} ${version}`).join(', ')),
    ...(drivers
      ? [topic('GPU', drivers.gpu), topic('Vulkan', drivers.vulkan), topic('CUDA', drivers.cuda)]
      : []),
    topic('threads', String(threads)),
    topic(
      'WebAssembly',
      `SIMD ${has(wasm.simd)}, relaxed SIMD ${has(wasm.relaxedSimd)}, threads ${has(wasm.threads)}, 256-bit vectors ${wasm.revectorizable ? 'with --revectorize' : 'from Node 24 on x86-64'}`,
    ),
    topic('machine', machine),
  ].join('\n');
}

/** What was measured of a backend, as a line. */
export function speedText(
  name: string,
  measured: Answer<number>,
  threads: number,
  width: number,
): string {
  const head = `  ${name}`.padEnd(HEAD);
  if ('failure' in measured) {
    return `${head}${indented(`not measured: ${measured.failure}`, HEAD, width)}`;
  }
  const { answer } = measured;
  const onThread =
    name === 'wasm' && threads > 1 ? `, one thread of the ${threads} that training takes` : '';
  return `${head}${Number(answer.toPrecision(2))}${onThread}`;
}

function backendLines({ backends }: BackendsReport, width: number): string[] {
  const head = Math.max(...backends.map(({ name }) => name.length)) + 9;
  return backends.map((each) => {
    const text = each.available
      ? `${each.device ?? 'works'}${each.version ? ` (version ${each.version})` : ''}`
      : (each.reason ?? 'not here');
    const mark = each.available ? 'yes' : 'no ';
    return `${`  ${mark}  ${each.name}`.padEnd(head)}${indented(text, head, width)}`;
  });
}

/** What is there and yet was not taken; what is not there was said before. */
function refusedLines({ auto, backends }: BackendsReport, width: number): string[] {
  const there = new Set(backends.filter((each) => each.available).map(({ name }) => name));
  const refused = (auto?.skipped ?? []).filter(({ name }) => there.has(name));
  return refused.map(({ name, reason }) => {
    const start = `  not ${name}: `;
    return `${start}${indented(reason, 6, width, start.length)}`;
  });
}

/** Breaks a text into lines of at most `width` letters, all but the first indented. */
function indented(text: string, indent: number, width: number, first: number = indent): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const room = width - (lines.length === 0 ? first : indent);
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}
