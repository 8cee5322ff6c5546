import type { BackendsReport } from '@bcl/backends';
import { doctorText } from './doctorText.js';

const report: BackendsReport = {
  tfjs: '4.22.0',
  backends: [
    { name: 'tensorflow', available: false, reason: 'not installed; npm install it' },
    { name: 'webgpu', available: true, kind: 'software', device: 'SwiftShader' },
    { name: 'wasm', available: true, kind: 'cpu', device: 'CPU, SIMD', version: '4.22.0' },
  ],
  wasm: { simd: true, relaxedSimd: false, threads: true },
  threads: 2,
  auto: {
    name: 'wasm',
    why: 'the fastest here',
    skipped: [
      { name: 'tensorflow', reason: 'not installed; npm install it' },
      { name: 'webgpu', reason: 'its adapter is a software one, slower than wasm' },
    ],
  },
};

describe('doctorText', () => {
  test('says what is here, what is not and why, and what auto takes', () => {
    expect(doctorText(report, 'Node v20.19.0, linux x64', 100)).toBe(`\
backends
  no   tensorflow  not installed; npm install it
  yes  webgpu      SwiftShader
  yes  wasm        CPU, SIMD (version 4.22.0)

auto chooses wasm: the fastest here
  not webgpu: its adapter is a software one, slower than wasm

threads      2
WebAssembly  SIMD yes, relaxed SIMD no, threads yes
versions     Node v20.19.0, linux x64, TensorFlow.js 4.22.0`);
  });

  test('breaks long reasons to the width of the terminal', () => {
    const lines = doctorText(report, 'Node', 40).split('\n');
    expect(lines.slice(1, 3)).toEqual([
      '  no   tensorflow  not installed; npm',
      '                   install it',
    ]);
  });

  test('says that nothing works where nothing does', () => {
    const { auto: _, ...none } = report;
    expect(doctorText(none, 'Node', 100)).toContain('auto chooses nothing: no backend works here');
  });
});
