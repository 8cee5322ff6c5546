/** Keeps what each test of a file writes to standard output, and says it. */
export function capturedOutput(): () => string {
  let written = '';
  beforeEach(() => {
    written = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written += text;
      return true;
    });
  });
  afterEach(() => jest.restoreAllMocks());
  return () => written;
}
