/** An SVG drawing on white, in the font that comes along. */
export function svgDocument(
  { width, height }: { width: number; height: number },
  style: string,
  content: readonly string[],
): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<style>
text { font-family: "DejaVu Sans"; font-size: 12px; fill: #1d2126; }
.soft { fill: #5d6670; }
${style}
</style>
<rect width="100%" height="100%" fill="#ffffff"/>
${content.join('\n')}
</svg>`;
}

/** A line of text. */
export function text(content: string, x: number, y: number, kind = ''): string {
  return `<text x="${x}" y="${y}" class="${kind}">${escapeXml(content)}</text>`;
}

/** A name cut to what about fits into a width, pixels. */
export function shortened(name: string, width: number): string {
  const letters = Math.max(4, Math.floor(width / 7));
  return name.length <= letters ? name : `${name.slice(0, letters - 1)}…`;
}

export function escapeXml(content: string): string {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
