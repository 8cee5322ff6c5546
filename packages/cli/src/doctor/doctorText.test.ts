import type { BackendsReport } from '@bcl/backends';
import { type Diagnosis, doctorText, speedText } from './doctorText.js';

const report: BackendsReport = {
  tfjs: '4.22.0',
  backends: [
    { name: 'tensorflow', available: false, reason: 'not installed; npm install it' },
    { name: 'webgpu', available: true, kind: 'software', device: 'SwiftShader' },
    { name: 'wasm', available: true, kind: 'cpu', device: 'CPU, SIMD', version: '4.22.0' },
  ],
  wasm: { simd: true, relaxedSimd: false, revectorizable: false, threads: true },
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

const diagnosis: Diagnosis = {
  report,
  machine: 'Node v20.19.0, linux x64',
  packages: [
    { name: '@tensorflow/tfjs-core', version: '4.22.0' },
    { name: '@tensorflow/tfjs-node', version: undefined },
    { name: 'webgpu', version: '0.6.2' },
  ],
  drivers: {
    gpu: 'none in /dev',
    vulkan: 'libvulkan.so.1 is here; no driver',
    cuda: 'no NVIDIA driver is loaded',
  },
};

describe('doctorText', () => {
  test('says what is here, what is not and why, and what auto takes', () => {
    expect(doctorText(diagnosis, 100)).toBe(`\
backends
  no   tensorflow  not installed; npm install it
  yes  webgpu      SwiftShader
  yes  wasm        CPU, SIMD (version 4.22.0)

auto chooses wasm: the fastest here
  not webgpu: its adapter is a software one, slower than wasm

packages     @tensorflow/tfjs-core 4.22.0, webgpu 0.6.2
GPU          none in /dev
Vulkan       libvulkan.so.1 is here; no driver
CUDA         no NVIDIA driver is loaded
threads      2
WebAssembly  SIMD yes, relaxed SIMD no, threads yes, 256-bit vectors from Node 24 on x86-64
machine      Node v20.19.0, linux x64`);
  });

  test('leaves out drivers where they cannot be looked at', () => {
    const { drivers: _, ...elsewhere } = diagnosis;
    expect(doctorText(elsewhere, 100)).not.toMatch(/Vulkan|CUDA/);
  });

  test('breaks long reasons to the width of the terminal', () => {
    const lines = doctorText(diagnosis, 40).split('\n');
    expect(lines.slice(1, 3)).toEqual([
      '  no   tensorflow  not installed; npm',
      '                   install it',
    ]);
  });

  test('says that nothing works where nothing does', () => {
    const { auto: _, ...none } = report;
    expect(doctorText({ ...diagnosis, report: none }, 100)).toContain(
      'auto chooses nothing: no backend works here',
    );
  });
});

describe('speedText', () => {
  test.each([
    ['tensorflow', { answer: 1234.5 }, '  tensorflow 1200'],
    ['wasm', { answer: 47.31 }, '  wasm       47, one thread of the 2 that training takes'],
    ['cpu', { answer: 0.0342 }, '  cpu        0.034'],
    [
      'webgpu',
      { failure: 'its process ended with SIGSEGV' },
      '  webgpu     not measured: its process ended with SIGSEGV',
    ],
  ])('of %s', (name, measured, text) => {
    expect(speedText(name, measured, 2, 100)).toBe(text);
  });
});
