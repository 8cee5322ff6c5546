import {
  backendProjects,
  suitesOf,
  suitesOfBackends,
  tensorflowModules,
} from './test-support/backends.mjs';

/** @type {import('jest').Config} */
const shared = {
  testEnvironment: 'node',
  // Siblings are read from source: tests need no build.
  testEnvironmentOptions: { customExportConditions: ['@bcl/source', 'node', 'require', 'default'] },
  setupFilesAfterEnv: ['<rootDir>/test-support/setup.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
    '^.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } } }],
  },
  // Packages that are ES modules alone, which jest does not read as they are.
  transformIgnorePatterns: [
    '/node_modules/(?!\\.pnpm/|@audio/|@wasm-audio-decoders/|@eshaz/|codec-parser/|simple-yenc/)',
  ],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^webgpu$': '<rootDir>/test-support/webgpu.cjs',
  },
};

/**
 * `*.ops.test.ts` are the suites of tensor ops: they run on every TensorFlow.js backend that this
 * machine has; `*.webgpu.test.ts`, and the suites of the webgpu backend's own kernels, run there alone. All other tests run once, on wasm unless they choose for
 * themselves.
 *
 * @type {import('jest').Config}
 */
export default {
  maxWorkers: '100%',
  projects: [
    {
      ...shared,
      displayName: 'node',
      testMatch: [
        '<rootDir>/packages/*/src/**/*.test.ts',
        '<rootDir>/test-support/**/*.test.ts',
        '<rootDir>/examples/**/*.test.ts',
      ],
      testPathIgnorePatterns: ['/node_modules/', '/dist/', ...suitesOfBackends],
    },
    ...backendProjects().map((name) => ({
      ...shared,
      displayName: name,
      testMatch: suitesOf(name),
      testEnvironmentOptions: { ...shared.testEnvironmentOptions, backend: name },
      globals: { BCL_TEST_BACKEND: name },
      ...(name === 'tensorflow' ? { modulePaths: tensorflowModules() } : {}),
    })),
  ],
};
