/** The backends that the suites of tensor ops run on. */
export function backendProjects() {
  return ['cpu', 'wasm'];
}
