import { defineConfig } from 'tsup';

// Every package builds with this file: `tsup --config ../../tsup.config.ts`.
// A package with further entry points names them on its command line.
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  dts: true,
  clean: true,
  sourcemap: true,
  shims: true,
  target: 'es2022',
  tsconfig: '../../tsconfig.build.json',
});
