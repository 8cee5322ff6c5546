// Of the folder that was unpacked: the suites of tensor ops, compiled; `--globals` names their backend.

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: {
    customExportConditions: ['@bcl/source', 'node', 'require', 'default'],
  },
  setupFilesAfterEnv: ['<rootDir>/test-support/setup.js'],
  testMatch: ['<rootDir>/packages/*/src/**/*.ops.test.js'],
  transform: {},
  moduleNameMapper: { '^webgpu$': '<rootDir>/test-support/webgpu.cjs' },
};
