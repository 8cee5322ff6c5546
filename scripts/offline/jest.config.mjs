// Of the folder that was unpacked: the compiled suites of the backend that BCL_TEST_BACKEND names.
import { suitesOf } from '../../test-support/backends.mjs';

const { env } = process;
const backend = env.BCL_TEST_BACKEND ?? 'wasm';

/** @type {import('jest').Config} */
export default {
  rootDir: '../..',
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
