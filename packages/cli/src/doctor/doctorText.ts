import type { BackendsReport } from '@bcl/backends';

/** What was found of the backends, as text for people. `width` is in letters. */
export function doctorText(report: BackendsReport, machine: string, width: number): string {
  const names = Math.max(...report.backends.map(({ name }) => name.length));
  const head = names + 9;
  const backends = report.backends.map((each) => {
    const text = each.available
      ? `${each.device ?? 'works'}${each.version ? ` (version ${each.version})` : ''}`
      : (each.reason ?? 'not here');
    const mark = each.available ? 'yes' : 'no ';
    return `${`  ${mark}  ${each.name}`.padEnd(head)}${indented(text, head, width)}`;
  });
  const { auto, wasm, threads } = report;
  const choice = auto ? `${auto.name}: ${auto.why}` : 'nothing: no backend works here';
  // What is not there was said above; what is there and yet not taken was not.
  const there = new Set(report.backends.filter((each) => each.available).map(({ name }) => name));
  const refused = (auto?.skipped ?? []).filter(({ name }) => there.has(name));
  const skipped = refused.map(({ name, reason }) => {
    const start = `  not ${name}: `;
    return `${start}${indented(reason, 6, width, start.length)}`;
  });
  const has = (there: boolean) => (there ? 'yes' : 'no');
  return [
    'backends',
    ...backends,
    '',
    `auto chooses ${indented(choice, 2, width, 13)}`,
    ...skipped,
    '',
    `threads      ${threads}`,
    `WebAssembly  SIMD ${has(wasm.simd)}, relaxed SIMD ${has(wasm.relaxedSimd)}, threads ${has(wasm.threads)}`,
    `versions     ${machine}, TensorFlow.js ${report.tfjs}${report.dawn ? `, Dawn ${report.dawn}` : ''}`,
  ].join('\n');
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
