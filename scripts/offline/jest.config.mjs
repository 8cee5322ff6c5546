// Of the folder that was unpacked: the compiled suites of the backend that BCL_TEST_BACKEND names.
import { suitesOf } from '../../test-support/backends.mjs';

const { env } = process;
const backend = env.BCL_TEST_BACKEND ?? 'wasm';

/** @type {import('jest').Config} */
export default {
  rootDir: '../..',
  // Beside what was unpacked: in the folder for all, where jest has it, it may be another user's of the same number.
  cacheDirectory: '<rootDir>/../jest-cache',
  testEnvironment: 'node',
  testEnvironmentOptions: {
    customExportConditions: ['@bcl/source', 'node', 'require', 'default'],
  },
  setupFilesAfterEnv: ['<rootDir>/test-support/setup.js'],
  testMatch: suitesOf(backend, 'js'),
  globals: { BCL_TEST_BACKEND: backend },
  transform: {},
  moduleNameMapper: { '^webgpu$': '<rootDir>/test-support/webgpu.cjs' },
};
