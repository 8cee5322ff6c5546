/** What follows a backslash where Python 2 shows a string and it stands for another character. */
const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** The bytes that Python 2 shows like this, in quotes, with escapes; nothing when it lacks its quotes. */
export function bytesOfRepr(shown: string): Uint8Array | undefined {
  const quote = shown[0];
  if (shown.length < 2 || (quote !== "'" && quote !== '"') || !shown.endsWith(quote)) {
    return undefined;
  }
  const plain = shown
    .slice(1, -1)
    .replace(/\\(x[0-9a-f]{2}|.)/g, (_, code: string) =>
      code.length > 1
        ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
        : (escapes[code] ?? code),
    );
  return Buffer.from(plain, 'latin1');
}

/** Text that was written in latin1 with the escapes \uXXXX and \UXXXXXXXX for other characters. */
export function textOfEscapes(written: string): string {
  return written.replace(
    /\\u([0-9a-fA-F]{4})|\\U00([0-9a-fA-F]{6})/g,
    (whole, short?: string, long?: string) => {
      const code = Number.parseInt(short ?? long ?? '', 16);
      return code > 0x10ffff ? whole : String.fromCodePoint(code);
    },
  );
}
